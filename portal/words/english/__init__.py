"""English of the pages. The same keys as the Chinese, but for what is Chinese in any language."""

from __future__ import annotations

from typing import Final

from portal.words.english.bureau import BUREAU
from portal.words.english.clerk import CLERK
from portal.words.english.connecting import CONNECTING
from portal.words.english.my import MY
from portal.words.english.pages import PAGES
from portal.words.english.problems import PROBLEMS
from portal.words.english.staff import STAFF
from portal.words.english.systems import SYSTEMS

#: Official letters and reports, and the description of the API, which programs read too.
CHINESE_ONLY: Final = ("api.", "daily.", "letter.", "monthly.")
ENGLISH: Final[dict[str, str]] = {
    **BUREAU,
    **CLERK,
    **CONNECTING,
    **MY,
    **PAGES,
    **PROBLEMS,
    **STAFF,
    **SYSTEMS,
}
