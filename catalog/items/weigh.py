"""A verdict for every local item, many at a time: the rules first, then the weighed evidence.

Each different name is parsed once; candidates come from one sparse product; facts and chances are
made for whole batches. The same names give the same verdicts, whatever their order and company.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from catalog.items import explain, things
from catalog.items.bag import bag
from catalog.items.decide import MOST, Answer, answers
from catalog.items.features import pair_features
from catalog.items.match import Candidate, Index, Local, Verdict, judge_name, says_its_item
from catalog.items.model import Model, load
from catalog.items.nearest import nearest
from catalog.items.siblings import Siblings
from catalog.items.sides import Name, Side, Vocabulary

BATCH = 4096  # names a batch
NEAREST = 20  # candidates a name
SHOWN = 5
GRANTS = 0.9  # how sure it is that a main item's name means its first grants
BELOW = 0.9  # and that a name with a main item's words and an item's means that item
SHORT = 3  # characters of an object that are too few to merge on without a rule


#: No canonical item shares a word or a character.
NOTHING = Answer("none", (), 1.0, True, (), (), ())


class Weigher:
    """The canonical side of the comparison, made ready once."""

    def __init__(self, index: Index, model: Model | None = None) -> None:
        self.index = index
        self.model = model or load()
        names = [Name(i.name, self._parent(i.parent), i.department) for i in index.items]
        self.vocabulary = Vocabulary(names)
        self.side = Side(names, self.vocabulary, base=True)
        apart = [frozenset(line) for line in things.load().apart]
        self.siblings = Siblings(
            [name.name for name in names], self.side.parents, self.side.bags, apart
        )

    def _parent(self, parent: str) -> str:
        """A main item's name, also where its id is given."""
        at = self.index.by_id.get(parent)
        return parent if at is None else self.index.items[at].name

    def answers(self, locals_: Sequence[Local]) -> list[Answer]:
        """One answer a name, in the order given."""
        if not self.index.items:
            return [NOTHING] * len(locals_)
        found: list[Answer] = []
        for start in range(0, len(locals_), BATCH):
            part = locals_[start : start + BATCH]
            left = Side([Name(x.name, x.parent, x.department) for x in part], self.vocabulary)
            query, row = nearest(left, self.side, NEAREST)
            there: dict[int, Answer] = {}
            if len(query):
                facts = pair_features(left, self.side, query, row)
                there = dict(answers(self.model, query, row, facts))
            found.extend(self._beside(left, n, there.get(n, NOTHING)) for n in range(len(part)))
        return found

    def _beside(self, left: Side, n: int, answer: Answer) -> Answer:
        """The answer, mended where other items stand beside the one meant or none does."""
        if meant := self._by_main(left, n, answer):
            return meant
        name = left.bags[n]
        if answer.relation == "same":
            if len(covered := self._covered(left, n, answer.rows[0])) > 1:
                return replace(answer, relation="broader", rows=covered[:MOST])
            if self.siblings.is_act_of(name, answer.rows[0]):
                return replace(answer, relation="narrower")
        if answer.relation == "none":
            for row in answer.ranked[:SHOWN]:
                covered = self._covered(left, n, row)
                if len(covered) > 1 and self.siblings.alike(name, row):
                    return replace(answer, relation="broader", rows=covered[:MOST], auto=False)
                if self.siblings.is_act_of(name, row):
                    return replace(answer, relation="narrower", rows=(row,), auto=False)
        return answer

    def _by_main(self, left: Side, n: int, answer: Answer) -> Answer | None:
        """What a name that says a main item means, alone or with an item below it."""
        name = left.bags[n]
        if grants := self._of_field(left, n, self.siblings.grants(name))[:MOST]:
            relation = "same" if len(grants) == 1 else "broader"
            sure = max(answer.confidence, GRANTS)
            return replace(answer, relation=relation, rows=grants, confidence=sure, auto=True)
        for place, row in enumerate(answer.ranked[:SHOWN]):
            if not answer.guard[place] and self.siblings.is_below(name, left.parents[n], row):
                sure = max(answer.chances[place], BELOW)
                return replace(answer, relation="same", rows=(row,), confidence=sure, auto=True)
        return None

    def _covered(self, left: Side, n: int, row: int) -> tuple[int, ...]:
        covered = self.siblings.covered(left.bags[n], left.parents[n], row)
        return self._of_field(left, n, covered)

    def _of_field(self, left: Side, n: int, rows: tuple[int, ...]) -> tuple[int, ...]:
        """Those whose office is not known to be of another field than the name's."""
        mine, theirs = left.domains[n], self.side.domains
        return tuple(row for row in rows if not (mine and theirs[row]) or mine & theirs[row])


def judge_all(
    index: Index, locals_: Iterable[Local], candidates: bool = False, model: Model | None = None
) -> dict[Local, Verdict]:
    """A verdict for each different local item; with `candidates` also for what a rule settles."""
    whole = {
        local: local if says_its_item(index, local) else with_object(local) for local in locals_
    }
    found = _judged(index, sorted(set(whole.values())), candidates, model)
    return {local: found[whole[local]] for local in sorted(whole)}


def _judged(
    index: Index, ordered: Sequence[Local], candidates: bool, model: Model | None
) -> dict[Local, Verdict]:
    verdicts = {local: judge_name(index, local) for local in ordered}
    asked = [x for x in ordered if candidates or verdicts[x].rule not in SETTLING]
    if not asked:
        return verdicts
    weigher = Weigher(index, model)
    for local, answer in zip(asked, weigher.answers(asked), strict=True):
        verdicts[local] = _verdict(index, local, verdicts[local], answer)
    return verdicts


def with_object(local: Local) -> Local:
    """A name that says an act alone (延续, 变更地址), with the object that stands in its parent."""
    one = bag(local.name)
    if not local.parent or not local.name or set(one.words) - one.aspects:
        return local
    return replace(local, name=f"{local.parent}{local.name}")


#: Rules that settle a name by themselves.
SETTLING = frozenset({"code", "written", "normal_form", "letters", "marked", "parts", "listed"})


def _verdict(index: Index, local: Local, ruled: Verdict, answer: Answer) -> Verdict:
    """The weighed answer; a rule's own question keeps its reason and its candidates in front."""
    items = index.items
    if not bag(local.name).text:
        return replace(ruled, why="没有可以比较的名称")
    weighed = list(_candidates(index, local, answer))
    known = {candidate.id for candidate in ruled.candidates}
    shown = (*ruled.candidates, *(c for c in weighed if c.id not in known))[:SHOWN]
    if ruled.rule in SETTLING:
        own = Candidate(
            ruled.item_ids[0], items[index.by_id[ruled.item_ids[0]]].name, 1.0, ruled.why
        )
        others = (c for c in weighed if c.id != own.id)
        return replace(ruled, candidates=(own, *others)[:SHOWN])
    ids = tuple(items[row].id for row in answer.rows)
    names = [items[row].name for row in answer.rows]
    nearest = items[answer.ranked[0]].name if answer.ranked else None
    if ruled.rule != "none":  # a rule's own question
        relation, ids = _asked(ruled, answer, ids)
        return replace(ruled, relation=relation, item_ids=ids, candidates=shown)
    why = {
        "same": lambda: explain.same(local.name, names[0]),
        "narrower": lambda: explain.narrower(local.name, names[0]),
        "broader": lambda: explain.broader(local.name, names),
        "none": lambda: explain.none(local.name, nearest, answer.guard[0] if answer.guard else ""),
    }[answer.relation]()
    verdict = Verdict(
        answer.relation,
        ids,
        "weighed" if answer.relation == "same" else "none",
        why,
        round(answer.confidence, 3),
        answer.auto,
        shown,
    )
    if answer.relation == "same" and answer.auto and _short(local.name, names[0]):
        return replace(verdict, rule="none", auto=False, why=f"{why}；但名称太短，需人工确认")
    return verdict


def _asked(ruled: Verdict, answer: Answer, ids: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The likeliest relation of a rule's question; a person decides."""
    if ruled.rule in ("several", "family") and answer.relation != "broader":
        return "same", (ruled.candidates[0].id,)
    return answer.relation, ids


def _candidates(index: Index, local: Local, answer: Answer) -> Iterator[Candidate]:
    """The first of the answer's rows, those that it means in front."""
    at = {row: n for n, row in enumerate(answer.ranked)}
    meant = [row for row in answer.rows if row in at]
    others = [row for row in answer.ranked if row not in set(meant)]
    for row in [*meant, *others][:SHOWN]:
        item, n = index.items[row], at[row]
        why = (
            "对象与行为相符"
            if row in answer.rows
            else "文字相近，但" + explain.against(local.name, item.name, answer.guard[n])
        )
        yield Candidate(item.id, item.name, round(answer.chances[n], 3), why)


def _short(name: str, item: str) -> bool:
    """Whether the name's object is too short to be sure; not where the item says the same."""
    one, other = bag(name), bag(item)
    alike = set(one.words) == set(other.words) and one.procedure in ("", other.procedure)
    return len(one.text) <= SHORT and not alike
