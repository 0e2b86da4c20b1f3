"""Words of the page of a licence from outside that is handed in as a file, in English."""

from __future__ import annotations

OUTSIDE = {
    "outside.link": "File of an outside issuer",
    "outside.title": "Licence of an outside issuer",
    "outside.form": "Check a file",
    "outside.about": "Where the applicant has a licence as a file, sealed in another province or "
    "city. See first that whom it names is the applicant.",
    "outside.type": "Which licence",
    "outside.file": "File (PDF or OFD, at most 20 MB)",
    "outside.file.hint": "The file as it was downloaded, no scan of a print and no picture.",
    "outside.button": "Check",
    "outside.no_file": "Choose a file.",
    "outside.none": "The case asks for no licence that must be brought.",
    "outside.grade.A": "grade A, usable at once",
    "outside.grade.A.about": "The seal is valid and its issuer is on a list. An OFD is not kept "
    "here: put the file into the case.",
    "outside.grade.C": "grade C, see the original",
    "outside.grade.C.about": "The seal cannot be relied on. Compare the original; a scan may be "
    "kept then.",
    "outside.kept": "The seal is valid and its issuer is on a list; the file is kept: it need not "
    "be brought here, nor to the next window.",
}
