"""Compounds: where a name falls into several documents, and where it only looks so.

A joint (、和及或 …) divides where a document's noun stands before it. What stands between joints
and is no document belongs to the next one, as do lists of holders and of acts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from catalog.materials.holder import is_role
from catalog.materials.lexicon import MaterialWords, load
from catalog.materials.nouns import ending_of, is_document, is_weak, kind_of
from catalog.materials.paper import paper_of
from catalog.materials.text import without_brackets

#: The tightest joint of a list; the others of joints_all bind more loosely.
LIST = "、"
#: 与 joins the two sides of a relation, not two holders.
_RELATION = "与"
#: A thing without a document's noun at the end of a list is one of its own when it is short.
_LONGEST_REST = 14
_LONGEST_LOOSE = 8


@dataclass(frozen=True)
class Piece:
    """One document's text. `joint` is what stands before it; `roles` the holders listed before."""

    joint: str
    text: str
    roles: tuple[str, ...] = ()
    one_holder: bool = False  # 经办人或法定代表人的…: not a paper for each
    is_any: bool = False  # the joint before it is a choice


@lru_cache(maxsize=65536)
def core(text: str) -> str:
    """A piece without brackets, form and noise: what decides whether it is a document."""
    return paper_of(without_brackets(text)).text


def tokens(text: str) -> Iterator[Piece]:
    """The text cut at every joint outside of brackets and titles."""
    depth = titled = start = 0
    joint, is_any = "", False
    for found in load().joints.finditer(text):
        sign = found.group()
        if sign in "()":
            depth = max(0, depth + (1 if sign == "(" else -1))
        elif sign in "《》":
            titled = sign == "《"
            if sign == "》" and text.startswith("《", found.end()) and not depth:
                yield Piece(joint, text[start : found.end()], is_any=is_any)
                start, joint, is_any = found.end(), LIST, False
        elif not depth and not titled and found.lastgroup != "no" and text[start : found.start()]:
            yield Piece(joint, text[start : found.start()], is_any=is_any)
            start, joint, is_any = found.end(), sign, found.lastgroup == "any"
    yield Piece(joint, text[start:], is_any=is_any)


def documents_of(text: str) -> list[Piece]:
    """The documents that a clause asks for, one piece each; the whole when it holds no joint."""
    words = load()
    cut = [token for token in tokens(text) if token.text]
    if len(cut) < 2:
        return cut or [Piece("", text)]
    cut = [cut[0], *(token for token in cut[1:] if not _says_nothing(token, words))]
    done: list[Piece] = []
    waiting: list[Piece] = []
    for number, token in enumerate(cut):
        after = cut[number + 1] if number + 1 < len(cut) else None
        if _stands_alone(token, after, words):
            done += _with_waiting(waiting, token, words)
            waiting = []
        else:
            waiting.append(token)
    return _with_rest(done, waiting, text, words)


def _stands_alone(token: Piece, after: Piece | None, words: MaterialWords) -> bool:
    noun = core(token.text)
    if after is None:
        return is_document(noun)
    following = core(after.text)
    if noun in words.documents.stems or _tail_stem(noun, words):
        return following in words.documents.stems or is_document(following)
    if not is_document(noun) or _about_both(after, following):
        return False
    if not is_weak(noun) or following.endswith(ending_of(noun)):  # 登记制度及管理制度
        return True
    return following in words.documents.stems or kind_of(following) in ("licence", "other")


def _says_nothing(token: Piece, words: MaterialWords) -> bool:
    """其他材料, 相关文件 behind others: no document that anybody could bring by that name.

    及其说明, 及其附图 too: what belongs to the document before it.
    """
    if token.joint == "及其" and core(token.text) in words.documents.attachments:
        return True
    return core(token.text) in words.documents.generic_heads and core(token.text) != token.text


def _tail_stem(noun: str, words: MaterialWords) -> str:
    """申请人的学历 ends with the stem 学历, behind whose it is."""
    tail = noun.rpartition("的")[2]
    return tail if tail in words.documents.stems else ""


def _about_both(after: Piece, following: str) -> bool:
    """安全评价报告以及落实情况的备案申请表: a form about two things, not two documents."""
    ending = ending_of(following)
    about = following[: len(following) - len(ending)]
    if after.joint == LIST or not ending or kind_of(following) != "form":
        return False
    return is_document(about.rstrip("的")) and about != ending


def _with_waiting(waiting: list[Piece], token: Piece, words: MaterialWords) -> list[Piece]:
    """The document with what stood before it: holders, half-documents, acts, or its own words."""
    if not waiting:
        return [_whole(token, words)]
    first = waiting[0]
    roles = tuple(is_role(without_brackets(one.text)) for one in waiting)
    relation = any(one.joint == _RELATION for one in (*waiting[1:], token))
    if all(roles) and not relation and not words.issued_by.search(token.text):
        choice = token.is_any or any(one.is_any for one in waiting[1:])
        whole = _whole(token, words)
        return [Piece(first.joint, whole.text, roles, choice, first.is_any)]
    shared = _shared_head(waiting, token, words)
    if shared:
        return shared
    text = "".join(f"{one.joint if number else ''}{one.text}" for number, one in enumerate(waiting))
    merged = Piece(first.joint, f"{text}{token.joint}{token.text}", is_any=first.is_any)
    return [merged]


def _whole(token: Piece, words: MaterialWords) -> Piece:
    """A half-document (户籍 before 和身份证明) as the document that it is short for."""
    noun = core(token.text)
    stem = noun if noun in words.documents.stems else _tail_stem(noun, words)
    if not stem or is_document(noun):
        return token
    return replace(token, text=token.text.replace(stem, words.documents.stems[stem], 1))


def _shared_head(waiting: list[Piece], token: Piece, words: MaterialWords) -> list[Piece]:
    """设计、施工合同: each act with the head that they share; [] where they share none."""
    noun = core(token.text)
    for head, acts in words.documents.shared_heads:
        if noun.endswith(head) and noun.removesuffix(head).endswith(acts):
            if all(core(one.text).endswith(acts) for one in waiting):
                return [*(replace(one, text=one.text + head) for one in waiting), token]
            return []
    return []


def _with_rest(
    done: list[Piece], rest: list[Piece], text: str, words: MaterialWords
) -> list[Piece]:
    """What is left behind the last document: an attachment, a short thing of a list, or noise."""
    if not done:
        return [Piece("", text)]
    for one in rest:
        noun = core(one.text)
        if noun in words.documents.attachments or not noun:
            continue
        if len(noun) > (_LONGEST_REST if one.joint == LIST else _LONGEST_LOOSE):
            return [Piece("", text)]
        done.append(one)
    return done
