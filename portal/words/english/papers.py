"""English of messages and corrections."""

from __future__ import annotations

PAPERS: dict[str, str] = {
    "standing.verified scan": "scan compared with its original at a window",
    "messages.title": "Messages of the platform",
    "messages.read": "Understood",
    "plan.report": "The licence is wrong",
    "plan.report.field": "Which field",
    "plan.report.why": "What is wrong (no numbers of persons)",
    "plan.report.button": "Report to its department",
    "plan.package": "Download the archive package",
    "corrections.title": "Corrections to answer",
    "corrections.about": "Corrections for {department}. Until they are answered the licence "
    "does not count in a case, and its original must be looked at.",
    "corrections.choose": "Choose one: true and corrected, or checked and not to be corrected.",
    "corrections.empty": "No correction was asked for. What clerks or holders report as wrong "
    "stands here, with its day.",
    "corrections.case": "Case {number}",
    "corrections.holder": "reported by the holder",
    "corrections.due": "to be answered before {day}",
    "corrections.overdue": "{days} working days late",
    "corrections.reason": "Reason of the answer",
    "corrections.corrected": "True; corrected in the source",
    "corrections.refused": "Checked and right; not corrected",
    "corrections.marked": "The corrected data has not arrived yet",
    "corrections.button": "Answer",
}
