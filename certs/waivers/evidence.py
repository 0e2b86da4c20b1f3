"""What a plan goes by: the licences that were found, and how far the sources can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from certs.rights import right
from certs.waivers.candidates import Candidate
from certs.waivers.scans import Scan
from landing.asked import Answer

StreamName = tuple[str, str]  # system, stream
#: What time alone may mend: the platform asks or waits again, the applicant need not (容缺).
LATER = frozenset({"source_resting", "stale", "never_complete", "licence_not_published"})


@dataclass(frozen=True)
class Evidence:
    """What was found for the applicant, and how far the sources can be trusted."""

    home: Path
    own: Sequence[Candidate]  # the applicant's
    found: Sequence[Candidate]  # with those of who stands to the applicant in a role
    answers: Mapping[StreamName, Answer]
    resting: Mapping[str, str]  # look-up systems that did not answer, and why
    complete: Mapping[StreamName, datetime]  # data of copies is complete as of then
    sees_data: bool  # the post decides, it does not only receive
    relations: Mapping[str, right.RelationFacts] = field(default_factory=dict)  # by role
    answered: Mapping[str, frozenset[StreamName]] = field(default_factory=dict)  # about others
    open_names: frozenset[str] = frozenset()  # materials whose name a person is still to settle
    scans: Mapping[str, Scan] = field(default_factory=dict)  # the applicant's, by licence type
