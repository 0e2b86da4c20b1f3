"""Which canonical item a local name is: a verdict by a rule that says why, or a question.

A rule: the base code with an agreeing act, the same text, the same normal form, the same
object-acts-scope. What no rule settles is weighed by `weigh`.
The rules, in the order they are tried, are the functions below `judge_name`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass

from catalog.items import things
from catalog.items.bag import bag
from catalog.items.parse import GRANT, ItemName, contrast, parse, same_acts, without_mark
from catalog.items.words import act_words

#: A name and its base code's item that share less of their characters than this are questioned.
FAR = 0.2
OFFICE = 0.93  # how sure it is that the office tells apart what the names do not


@dataclass(frozen=True, order=True)
class Canonical:
    """A canonical item."""

    id: str
    name: str
    parent: str = ""
    task_type: str = ""
    department: str = ""


@dataclass(frozen=True, order=True)
class Local:
    """What is known of a county's item. Two of equal values get one verdict."""

    name: str
    base_code: str = ""
    department: str = ""
    parent: str = ""


@dataclass(frozen=True)
class Candidate:
    """One possible answer to a question. `score` is 0..1 and only orders."""

    id: str
    name: str
    score: float
    why: str


@dataclass(frozen=True)
class Verdict:
    """What a local item is beside the canonical ones, and why.

    `relation` is same, narrower, broader or none; `item_ids` are the canonical items meant (same
    and narrower: one; broader: up to eight). `auto`: no person needs to look.
    """

    relation: str
    item_ids: tuple[str, ...]
    rule: str
    why: str
    confidence: float
    auto: bool
    candidates: tuple[Candidate, ...] = ()

    @property
    def item_id(self) -> str | None:
        """The canonical item that it may be unified with now; None where a person must look."""
        return self.item_ids[0] if self.auto and self.relation == "same" else None


def _same(item: Canonical, rule: str, why: str, confidence: float) -> Verdict:
    return Verdict("same", (item.id,), rule, why, confidence, True)


def _asked(rule: str, why: str, candidates: tuple[Candidate, ...] = ()) -> Verdict:
    return Verdict("none", (), rule, why, 0.0, False, candidates)


class Index:
    """The canonical items, by everything that a rule asks for, whatever their order."""

    def __init__(self, items: Iterable[Canonical]) -> None:
        self.items = sorted(items)
        self.names: list[ItemName] = [parse(item.name) for item in self.items]
        self.by_id: Mapping[str, int] = {item.id: n for n, item in enumerate(self.items)}
        self.by_written = self._groups(lambda name: name.written.strip())
        self.by_clean = self._groups(lambda name: name.clean)
        self.by_letters = self._groups(lambda name: name.letters)
        self.by_key = self._groups(lambda name: name.key)
        self.by_listed = self._groups(lambda name: name.listed_key)

    def _groups(self, of: Callable[[ItemName], Hashable]) -> dict[Hashable, list[int]]:
        groups: dict[Hashable, list[int]] = defaultdict(list)
        for n, name in enumerate(self.names):
            groups[of(name)].append(n)
        return dict(groups)


def judge_name(index: Index, local: Local) -> Verdict:
    """A verdict from the rules alone; a question comes without scored candidates."""
    name = parse(local.name)
    named = _by_name(index, name, local.department)
    coded = index.by_id.get(local.base_code)
    if coded is not None:
        return _by_code(index, name, coded, named)
    return named


def says_its_item(index: Index, local: Local) -> bool:
    """Whether the name alone is that of the item which its base code names."""
    coded = index.by_id.get(local.base_code)
    return coded is not None and index.names[coded].clean == parse(local.name).clean


def _by_code(index: Index, name: ItemName, coded: int, named: Verdict) -> Verdict:
    """The base code names an item: the same, unless the name speaks against it."""
    item, other = index.items[coded], index.names[coded]
    against = ""
    if named.item_id == item.id:
        return _same(item, "code", "代码与基本目录一致，名称相符", 1.0)
    if named.item_id is not None:
        against = (
            f"代码指向“{item.name}”，名称却与“{index.items[index.by_id[named.item_id]].name}”相同"
        )
    elif not same_acts(name, other):
        against = (
            f"代码指向“{item.name}”，但行为不同：名称是{act_words(name.acts)}，"
            f"该事项是{act_words(other.acts)}"
        )
    elif words := contrast(name, other):
        against = f"代码指向“{item.name}”，但名称写的是“{words[0]}”而不是“{words[1]}”"
    elif overlap(name.core, other.core) < FAR:
        against = f"代码指向“{item.name}”，但两者名称几乎没有相同的字"
    if not against:
        return _same(item, "code", "代码与基本目录一致", 1.0)
    found = [Candidate(item.id, item.name, 1.0, against), *named.candidates]
    if named.item_id is not None:
        target = index.items[index.by_id[named.item_id]]
        found.append(Candidate(target.id, target.name, 0.99, named.why))
    return _asked("code_against_name", against, tuple(found))


def _by_name(index: Index, name: ItemName, department: str) -> Verdict:
    """The name alone: exactly one canonical item of the same text, normal form or parts.

    Of several that one whose office alone does what the local office does.
    """
    steps = (
        ("written", index.by_written.get(name.written.strip(), []), 0.99, "名称与基本目录完全相同"),
        ("normal_form", index.by_clean.get(name.clean, []), 0.98, "名称去除层级与括注后相同"),
        ("letters", index.by_letters.get(name.letters, []), 0.97, "文字相同，仅括号或标点不同"),
        ("marked", _marked(index, name), 0.96, "名称只多出“新办”一类的字样，该事项另有行为"),
        ("parts", index.by_key.get(name.key, []), 0.95, ""),
        ("listed", index.by_listed.get(name.listed_key, []), 0.94, "并列各项相同，仅次序不同"),
    )
    for rule, found, confidence, why in steps:
        if len(found) == 1:
            item = index.items[found[0]]
            if rule in ("parts", "listed") and _act_said_here_only(name.written, item.name):
                continue
            if rule != "marked" and name.acts != index.names[found[0]].acts:
                return _family(name, item)
            return _same(item, rule, why or _wording(name, index.names[found[0]]), confidence)
        if len(found) > 1 and (of_office := _of_office(index, found, department)):
            return _same(
                of_office, rule, "名称相同的事项中，只有这一项由同一领域的部门办理", OFFICE
            )
        if found:
            several = f"基本目录中有{len(found)}个事项与此名称相同，无法只凭名称区分"
            return _asked(
                "several",
                several,
                tuple(
                    Candidate(index.items[n].id, index.items[n].name, 0.99, several) for n in found
                ),
            )
    return _asked("none", "没有规则能认定")


def _marked(index: Index, name: ItemName) -> list[int]:
    """Items of another act than a first grant, whose text is the name's without its mark."""
    rest = without_mark(name)
    alike = index.by_clean.get(rest, []) if rest != name.clean else []
    return [n for n in alike if GRANT not in index.names[n].first_acts]


def _of_office(index: Index, found: list[int], department: str) -> Canonical | None:
    """The one of several items whose office is of the local one's domain; all others' are not."""
    mine = things.domains_of(department)
    theirs = [things.domains_of(index.items[n].department) for n in found]
    agreeing = [n for n, bits in zip(found, theirs, strict=True) if bits & mine]
    return index.items[agreeing[0]] if len(agreeing) == 1 and all(theirs) else None


def _act_said_here_only(name: str, item: str) -> bool:
    """首次申领 beside 办理, which is every act: no rule says that they are the same."""
    mine, theirs = bag(name), bag(item)
    return mine.stated and not theirs.stated and theirs.procedure == "handle"


def _family(name: ItemName, item: Canonical) -> Verdict:
    """登记 beside 设立登记: the one may cover several acts, the other is one of them."""
    stated = "没有写明" if "unstated" in name.acts else "写明了"
    why = f"名称{stated}是首次办理，与“{item.name}”可能范围不同"
    return _asked("family", why, (Candidate(item.id, item.name, 0.9, why),))


def _wording(name: ItemName, other: ItemName) -> str:
    if name.wording != other.wording:
        return f"对象、行为相同，仅用词不同（{name.wording}/{other.wording}）"
    return "对象、行为相同，仅语序或标点不同"


def overlap(left: str, right: str) -> float:
    """Shared character pairs (Dice), 0..1."""
    a = {left[n : n + 2] for n in range(max(len(left) - 1, 1))}
    b = {right[n : n + 2] for n in range(max(len(right) - 1, 1))}
    return 2 * len(a & b) / (len(a) + len(b))
