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
    "scan.title": "Keep a scan compared with its original",
    "scan.about": "Papers that the data does not have: compared with the original once, a scan is "
    "kept and the paper need not be brought again, at any window. It is encrypted, and for cases "
    "of this applicant only.",
    "scan.type": "Kind of licence",
    "scan.file": "Scan (PDF, at most 20 MB)",
    "scan.last_day": "Valid until (leave empty if it does not end)",
    "scan.compared": "I have seen the original; the scan is the same",
    "scan.button": "Keep the scan",
    "scan.no_file": "Choose the scan: one PDF file.",
    "scan.not_compared": "Look at the original first, then tick that the scan is the same.",
    "scan.withdraw.title": "A scan was compared wrongly",
    "scan.withdraw.about": "Where a scan is wrong, unclear or somebody else's, withdraw it: the "
    "original must then be looked at again.",
    "scan.withdraw": "Withdraw the scan",
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
