"""Whose document it is: the role that a text names, and the text without whom it came from.

A role is read where it stands as the holder: 申请人的…, 法定代表人身份证, 全体股东签署的….
Who only issues a paper (派出所出具的) is no holder. 企业, 人员 and the like are holders only right
before the document or 的: 企业营业执照 is an organisation's, 企业投资项目承诺书 says nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from catalog.materials.lexicon import MaterialWords, load
from catalog.materials.nouns import ending_of, is_document, kind_of, without_generic_tail
from catalog.materials.part import NO_ROLE

_LEAD = re.compile(
    "^(?:经|由|拟任|拟办|拟设立|拟成立|拟聘用|拟聘|拟|原|新|现|各|变更后的?|变更前的?|该|其|所有|全体)+"
)
_AGAINST = re.compile(r"^(?:与|和|同|跟)")
#: A holder stands this near the beginning, or before 的 or the document.
_NEAR = 4
#: Between a holder and the next: 申请人的配偶 is the spouse, 合作社全体设立人 the founders.
_LINKS = ("", "的", "其", "之", "全体", "的全体", "各", "所有", "新任", "拟任", "现任")


@dataclass(frozen=True)
class Held:
    """`role` as the gold has it, `rest` the text after whose it is, `certain`: stands before 的.

    `word` says it. `own`: it means the applicant itself. `linked`: by 的 itself. `weak`: by a word
    like 个人 or 单位 that only says what sort of holder.
    """

    role: str
    rest: str
    certain: bool = False
    weak: bool = False
    linked: bool = False
    own: bool = False
    word: str = ""


def is_role(text: str) -> str:
    """The role that a text names and nothing else, '' for none. 拟任法定代表人 is one."""
    words = load()
    for whole in (text, _LEAD.sub("", text)):
        role = words.role_of.get(whole) or words.weak_role_of.get(whole)
        if role and not whole.endswith("的"):
            return role
    text = _LEAD.sub("", text)
    for start in range(1, min(6, len(text) - 1)):
        tail = text[start:]
        if tail in words.role_of and not is_document(text):
            return words.role_of[tail]
    people = text[-2:]
    return words.weak_role_of.get(people, "") if people == "人员" and len(text) < 8 else ""


def signer(text: str) -> str:
    """The role of who signs, of a bracket or a note that speaks of signing; '' for none."""
    words = load()
    signs = words.signs.search(text)
    return _found(text[: signs.start()], words, signing=True)[0] if signs else ""


def subject_role(text: str) -> str:
    """The role of whom something is asked of: the words before a verb of asking."""
    return _found(text, load(), signing=True)[0]


@lru_cache(maxsize=65536)
def held(text: str) -> Held:
    """Whose document a text asks for. `rest` keeps everything that is not the holder or issuer."""
    words = load()
    against = _AGAINST.match(text)
    rest, signed = _without_issuer(text, words)
    if against or _AGAINST.match(rest):
        return Held(NO_ROLE, rest)
    if signed:
        return Held(signed, rest, True, linked=True)
    role, end, certain, word = _found(rest, words)
    if not role:
        return Held(NO_ROLE, rest)
    after = rest[end:].removeprefix("的")
    weak = word in words.weak_role_of
    own = role == "organisation" and (weak or word in words.applicants_own)
    linked = rest[:end].endswith("的") or rest.startswith("的", end)
    after = after if is_document(after) else rest
    return Held(role, after, certain, weak, linked, own, word)


def _without_issuer(text: str, words: MaterialWords) -> tuple[str, str]:
    """The text after 出具的 and the like, and the role of who signed it ('' for an issuer)."""
    signed = last_match(words.signed_by, text)
    if signed and is_document(text[signed.end() :]):
        role = _found(text[: signed.start()], words, signing=True)[0]
        return text[signed.end() :], role
    issued = last_match(words.issued_by, text)
    if issued and is_document(text[issued.end() :]):
        rest = text[issued.end() :]
        return rest, _meant(text[: issued.start()], rest, words)
    short = words.issues.search(text)
    if short and short.start() and is_document(text[short.end() :]):
        rest = text[short.end() :]
        return rest, _meant(text[: short.start()], rest, words)
    return text, ""


def _meant(issuer: str, rest: str, words: MaterialWords) -> str:
    """收养人所在单位出具的收入证明: the person before the issuer is meant; '' where nobody is.

    A person named behind the issuer counts first, but 本人 is who was named before.
    """
    named = _found(rest, words)[0]
    if named and not rest.startswith("本人"):
        return ""
    role = _found(issuer, words, near=3)[0]
    return "" if role == "organisation" else role


def last_match(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The last place where a pattern stands in a text."""
    found = list(pattern.finditer(text))
    return found[-1] if found else None


def _found(
    text: str, words: MaterialWords, *, signing: bool = False, near: int = _NEAR
) -> tuple[str, int, bool, str]:
    """(role, where it ends, whether 的 or a known document follows, its word); '' for none."""
    best = ("", 0, False, "")
    for match in words.roles.finditer(text):
        word, end = match.group(), match.end()
        after = text[end:]
        if match.lastgroup == "no" or after in words.documents.bare_certificates:
            continue
        certain = word.endswith("的") or after.startswith("的") or _known(after)
        role = words.role_of.get(word)
        if role is None:
            role = words.weak_role_of[word] if signing or _weak_holds(after) else ""
        chained = bool(best[0]) and text[best[1] : match.start()] in _LINKS
        certain = certain or (role == "legal_representative" and _persons(after))
        if not role or not (certain or signing or chained or _near(text, match.start(), near)):
            continue
        if not best[0] or (chained and role != "organisation"):
            best = (role, end, certain, word.removesuffix("的"))
    return best


def _persons(after: str) -> bool:
    """零售店主要负责人安全培训合格证: a person's licence right behind who leads a business."""
    return after.endswith(load().documents.personal) and kind_of(after) == "licence"


def _near(text: str, start: int, near: int) -> bool:
    """Whether a holder stands at the beginning, or in a list of them."""
    return start <= near or text[start - 1] in "、或和及"


def _weak_holds(after: str) -> bool:
    """企业的…, 企业营业执照; but 公司章程 and 医疗机构申请书 are what the papers are called."""
    own = kind_of(after) == "licence" or after.endswith(load().documents.personal)
    return after.startswith("的") or (_known(after) and own)


def _known(text: str) -> bool:
    """Whether a text is a document by its whole name."""
    return bool(text) and ending_of(without_generic_tail(text)) == without_generic_tail(text)
