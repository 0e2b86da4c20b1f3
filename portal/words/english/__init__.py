"""English of the pages: each room's twin of its Chinese in `portal.words`, but for what is Chinese
in any language.
"""

from __future__ import annotations

from typing import Final

from portal.words.english.asking import ASKING
from portal.words.english.assigning import ASSIGNING
from portal.words.english.bureau import BUREAU
from portal.words.english.clerk import CLERK
from portal.words.english.connecting import CONNECTING
from portal.words.english.contract import CONTRACT
from portal.words.english.counties import COUNTIES
from portal.words.english.forms import FORMS
from portal.words.english.frame import FRAME
from portal.words.english.my import MY
from portal.words.english.ops import OPS
from portal.words.english.ops_papers import OPS_PAPERS
from portal.words.english.outside import OUTSIDE
from portal.words.english.pages import PAGES
from portal.words.english.papers import PAPERS
from portal.words.english.people import PEOPLE
from portal.words.english.problems import PROBLEMS
from portal.words.english.registering import REGISTERING
from portal.words.english.rights import RIGHTS
from portal.words.english.sharing import SHARING
from portal.words.english.staff import STAFF
from portal.words.english.standard import STANDARD
from portal.words.english.systems import SYSTEMS
from portal.words.english.trust import TRUST
from portal.words.english.verify import VERIFY
from portal.words.english.wallet import WALLET

#: Official letters and reports, and the description of the API, which programs read too.
CHINESE_ONLY: Final = ("api.", "daily.", "letter.", "monthly.")
ENGLISH: Final[dict[str, str]] = {
    **ASKING,
    **BUREAU,
    **CLERK,
    **CONNECTING,
    **CONTRACT,
    **COUNTIES,
    **FORMS,
    **SHARING,
    **STANDARD,
    **FRAME,
    **MY,
    **OPS,
    **OPS_PAPERS,
    **PAGES,
    **PAPERS,
    **ASSIGNING,
    **OUTSIDE,
    **PEOPLE,
    **PROBLEMS,
    **REGISTERING,
    **RIGHTS,
    **STAFF,
    **SYSTEMS,
    **TRUST,
    **VERIFY,
    **WALLET,
}
