"""The material lexicon (`lexicon.yml`, `documents.yml`), read once and made ready.

Code holds no wording: what a paper, a holder or a document is called stands in the two files.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from catalog.wordlists import any_of, longest_first, pairs, read_words

FILE = Path(__file__).with_name("lexicon.yml")
DOCUMENTS = Path(__file__).with_name("documents.yml")


@dataclass(frozen=True, eq=False)
class Documents:
    """`documents.yml`: what documents are called. Tuples are longest first."""

    kinds: dict[str, str]  # ending -> kind
    telling: tuple[tuple[str, str], ...]  # (word, kind)
    not_documents: tuple[str, ...]
    weak_nouns: frozenset[str]
    stems: dict[str, str]
    shared_heads: tuple[tuple[str, tuple[str, ...]], ...]
    attachments: frozenset[str]
    names: dict[str, str]  # as written -> short name
    applications: frozenset[str]
    generic_tails: tuple[str, ...]
    bare_certificates: frozenset[str]
    self_made: frozenset[str]
    agreements: tuple[str, ...]
    personal: tuple[str, ...]
    organisations_own: tuple[str, ...]
    generic_heads: frozenset[str]
    labels: frozenset[str]
    longest: int = 0  # characters of the longest ending


@dataclass(frozen=True, eq=False)
class MaterialWords:
    """Both files. Tuples of words are longest first; patterns find the longest that fits."""

    form_of: dict[str, str]
    forms: re.Pattern[str]
    noise_brackets: frozenset[str]
    heads: tuple[str, ...]
    weak_heads: tuple[str, ...]
    tails: tuple[str, ...]
    role_of: dict[str, str]
    weak_role_of: dict[str, str]
    roles: re.Pattern[str]  # group `no`: no role is read from within
    role_names: dict[str, str]
    couples: tuple[str, ...]
    bargains: tuple[str, ...]
    signed_by: re.Pattern[str]
    signs: re.Pattern[str]
    issued_by: re.Pattern[str]
    issues: re.Pattern[str]
    asking: re.Pattern[str]  # group `no`: asks for nothing
    conditions_begin: tuple[str, ...]
    conditions_end: tuple[str, ...]
    situations: dict[str, str]
    not_situations: tuple[str, ...]
    situations_joined: re.Pattern[str]
    explaining: tuple[str, ...]
    examples: tuple[str, ...]
    purposes: tuple[tuple[str, re.Pattern[str]], ...]
    seen_original: re.Pattern[str]
    copies: re.Pattern[str]
    seals: re.Pattern[str]
    both_forms: re.Pattern[str]
    joints: re.Pattern[str]  # groups `no`, `any`, `all`; brackets and title marks
    one_of: re.Pattern[str]
    proving: tuple[str, ...]
    applicants_own: frozenset[str]
    sorts: frozenset[str]
    not_of: dict[str, list[str]]  # document -> roles
    only_if: dict[str, dict[str, str]]
    documents: Documents
    digest: str = ""


@cache
def load(file: Path = FILE, documents: Path = DOCUMENTS) -> MaterialWords:
    """Read the lexicon. Raises BadInput naming the key that is missing or unknown."""
    known, second = read_words(documents, _documents)
    words, first = read_words(file, lambda data: _material_words(data, known))
    return replace(words, digest=hashlib.sha256(f"{first}{second}".encode()).hexdigest())


def _documents(data: dict[str, Any]) -> Documents:
    kinds = dict(pairs(data.pop("kinds")))
    return Documents(
        kinds=kinds,
        telling=pairs(data.pop("telling")),
        not_documents=longest_first(data.pop("not_documents")),
        weak_nouns=frozenset(data.pop("weak_nouns")),
        stems=data.pop("stems"),
        shared_heads=tuple(
            (head, longest_first(acts)) for head, acts in data.pop("shared_heads").items()
        ),
        attachments=frozenset(data.pop("attachments")),
        names=dict(pairs(data.pop("names"))),
        applications=frozenset(data.pop("applications")),
        generic_tails=longest_first(data.pop("generic_tails")),
        bare_certificates=frozenset(data.pop("bare_certificates")),
        self_made=frozenset(data.pop("self_made")),
        agreements=longest_first(data.pop("agreements")),
        personal=longest_first(data.pop("personal")),
        organisations_own=longest_first(data.pop("organisations_own")),
        generic_heads=frozenset(data.pop("generic_heads")),
        labels=frozenset(data.pop("labels")),
        longest=max(map(len, kinds)),
    )


def _material_words(data: dict[str, Any], documents: Documents) -> MaterialWords:
    form_of = {_nfkc(word): form for word, form in pairs(data.pop("forms"))}
    role_of = {_nfkc(word): role for word, role in pairs(data.pop("roles"))}
    weak_role_of = dict(pairs(data.pop("weak_roles")))
    no_roles = any_of(data.pop("not_roles"))
    no_joints, no_asking = any_of(data.pop("not_joints")), any_of(data.pop("not_asking"))
    all_joints, any_joints = any_of(data.pop("joints_all")), any_of(data.pop("joints_any"))
    signed = any_of(data.pop("signed_by"))
    return MaterialWords(
        form_of=form_of,
        forms=re.compile(any_of(form_of)),
        noise_brackets=frozenset(data.pop("noise_brackets")),
        heads=longest_first(data.pop("heads")),
        weak_heads=longest_first(data.pop("weak_heads")),
        tails=longest_first(data.pop("tails")),
        role_of=role_of,
        weak_role_of=weak_role_of,
        roles=re.compile(f"(?P<no>{no_roles})|(?:{any_of([*role_of, *weak_role_of])})"),
        role_names=data.pop("role_names"),
        couples=longest_first(data.pop("couples")),
        bargains=longest_first(data.pop("bargains")),
        signed_by=re.compile(f"(?:{signed})[^的、,]{{0,10}}的"),
        signs=re.compile(signed),
        issued_by=re.compile(f"(?:{any_of(data.pop('issued_by'))})(?:给[^的]{{0,8}})?的"),
        issues=re.compile(any_of(data.pop("issues"))),
        asking=re.compile(f"(?P<no>{no_asking})|(?:{any_of(data.pop('asking'))})"),
        conditions_begin=longest_first(data.pop("conditions_begin")),
        conditions_end=longest_first(data.pop("conditions_end")),
        situations=data.pop("situations"),
        not_situations=longest_first(data.pop("not_situations")),
        situations_joined=re.compile(any_of(data.pop("situations_joined"))),
        explaining=longest_first(data.pop("explaining")),
        examples=longest_first(data.pop("examples")),
        purposes=tuple(
            (purpose, re.compile(any_of(words))) for purpose, words in data.pop("purposes").items()
        ),
        seen_original=re.compile(any_of(data.pop("seen_original"))),
        copies=re.compile(any_of(data.pop("copies"))),
        seals=re.compile(any_of(data.pop("seals"))),
        both_forms=re.compile(any_of(data.pop("both_forms"))),
        joints=re.compile(
            f"(?P<no>{no_joints})|(?P<any>{any_joints})|(?P<all>{all_joints})|[()《》]"
        ),
        one_of=re.compile(any_of(data.pop("one_of"))),
        proving=longest_first(data.pop("proving")),
        applicants_own=frozenset(data.pop("applicants_own")),
        sorts=frozenset(data.pop("sorts")),
        not_of=data.pop("not_of"),
        only_if=data.pop("only_if"),
        documents=documents,
    )


def _nfkc(word: str) -> str:
    return unicodedata.normalize("NFKC", word)
