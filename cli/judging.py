"""`zhongtai catalog questions|judge|undo|proposals|decide|contradictions`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.catalog import app
from cli.options import AsJson, By, Home
from kernel.settings import home_from_environment

__all__ = ["Why", "app", "as_text", "opened"]

Why = Annotated[str, typer.Option("--why", help="The reason, without anyone's number.")]
Subject = Annotated[str, typer.Option("--subject", help="item or material.")]
Number = Annotated[int, typer.Argument(help="As `judge` or `proposals` said it.")]
Of = Annotated[str, typer.Argument(help="A question's key, a local code, or a material's name.")]


@app.command("questions")
def questions(
    of: Annotated[
        str | None, typer.Argument(help="A key, code or name: its rows and what was said.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Only what this account is asked.")] = None,
    subject: Subject = "item",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000)] = 20,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """What a person is asked, those questions first that settle most."""
    judging = opened(home)
    account = judging.person(by) if by else None
    if of is not None:
        _show(judging.look(judging.subject_of(of), of), as_json)
        return
    found = judging.questions(account, subject, limit, 0)
    if as_json:
        typer.echo(as_text([asdict(one) for one in found]))
        return
    for one in found:
        urgent = f"  [{', '.join(one.urgent)}]" if one.urgent else ""
        waits = f"  judgement {one.waits} waits" if one.waits else ""
        aside = f"  unsure: {', '.join(one.unsure)}" if one.unsure else ""
        typer.echo(
            f"{one.key}  {one.rows:>4} rows {one.counties:>3} counties  {one.name}  "
            f"{one.office}{urgent}{waits}{aside}\n  {one.why}"
        )
        for candidate in one.candidates:
            typer.echo(f"    {candidate['id']}  {candidate['name']}：{candidate['why']}")
    typer.echo(f"{len(found):,} questions shown")


@app.command("judge")
def judge(
    of: Of,
    relation: Annotated[
        str, typer.Argument(help="same, narrower, broader, none, different, unsure.")
    ],
    by: By,
    why: Why,
    right: Annotated[
        list[str] | None, typer.Option("--to", help="A canonical id; again for several.")
    ] = None,
    only: Annotated[bool, typer.Option("--only", help="That one row, by its code.")] = False,
    home: Home = None,
) -> None:
    """Say what all rows of a question are; a department's word is a proposal."""
    from catalog.judging.judge import Answer

    judging = opened(home)
    said = Answer(judging.subject_of(of), of, relation, tuple(right or ()), why, only)
    made = judging.judge(judging.person(by), said)
    typer.echo(f"judgement {made.number} is {made.state}: {made.rows:,} rows")


@app.command("undo")
def undo(number: Number, by: By, why: Why, home: Home = None) -> None:
    """Take a judgement back: what held before it holds again."""
    judging = opened(home)
    made = judging.undo(judging.person(by), number, why)
    typer.echo(f"judgement {number} is undone: {made.rows:,} rows")


@app.command("proposals")
def proposals(as_json: AsJson = False, home: Home = None) -> None:
    """Judgements that wait: for the approval bureau, or for a second person."""
    found = opened(home).waiting(None)
    if as_json:
        typer.echo(as_text([asdict(one) for one in found]))
        return
    for one in found:
        typer.echo(_line(one))
    typer.echo(f"{len(found):,} wait: `zhongtai catalog decide`")


@app.command("decide")
def decide(
    number: Number,
    answer: Annotated[str, typer.Argument(help="accept or reject.")],
    by: By,
    why: Why,
    home: Home = None,
) -> None:
    """Answer a proposal or confirm a merge that touches waivers; never one's own."""
    from kernel.errors import BadInput

    if answer not in ("accept", "reject"):
        raise BadInput(f"the answer is accept or reject, not {answer}")
    judging = opened(home)
    made = judging.decide(judging.person(by), number, answer == "accept", why)
    typer.echo(f"judgement {number} is {made.state}: {made.rows:,} rows")


@app.command("contradictions")
def contradictions(as_json: AsJson = False, home: Home = None) -> None:
    """Judgements that cannot all be right, and what each rests on."""
    found = opened(home).contradictions(None)
    if as_json:
        typer.echo(as_text([asdict(one) for one in found]))
        return
    for one in found:
        typer.echo(f"{one.kind:<12} {one.key}  {one.says}")
        for rest in one.rests:
            number = f"{rest['judgement']}" if rest["judgement"] else "-"
            typer.echo(f"  {rest['kind']:<10} {number:>6}  {rest['says']}")
    typer.echo(f"{len(found):,} contradictions")


def _show(whole: Any, as_json: bool) -> None:
    """A question with its rows and everything that was said of it."""
    if as_json:
        typer.echo(as_text(asdict(whole)))
        return
    state = f"asked: {whole.question.why}" if whole.question else "not asked"
    typer.echo(f"{whole.key}  {whole.name}  {whole.office}  {state}")
    found = {one.id: one for one in whole.evidence}
    for one in whole.question.candidates if whole.question else ():
        typer.echo(f"    {one['id']}  {one['name']}：{one['why']}")
        if one["id"] in found:
            _beside(found[one["id"]])
    for row in whole.rows:
        holds = f"{row.relation} {row.right or ''} ({row.by}: {row.why})" if row.relation else "-"
        typer.echo(f"  {row.code}  {row.division} {row.department}  {holds}")
    for one in whole.said:
        typer.echo(f"  {_line(one)}")


def _beside(one: Any) -> None:
    """Whose a candidate is, what it and the question's rows ask for, and what both give."""
    for what, said in (("department", one.department), ("main item", one.parent)):
        if said:
            typer.echo(f"      {what}: {said}")
    here, there = (len(one.both) + len(alone) for alone in (one.only_here, one.only_there))
    typer.echo(f"      materials: {here} here, {there} there, {len(one.both)} in both")
    told = (
        ("only here", one.only_here),
        ("only there", one.only_there),
        ("results here", one.results_here),
        ("results there", one.results_there),
    )
    for what, names in told:
        if names:
            typer.echo(f"      {what}: {'、'.join(names)}")


def _line(one: Any) -> str:
    state = "undone" if one.undone_at else one.state
    only = f" only {one.left}" if one.left else ""
    waives = "  touches waivers" if one.waives else ""
    rights = f" {' '.join(one.rights)}" if one.rights else ""
    return (
        f"{one.id:>6}  {one.at:%Y-%m-%d %H:%M}Z {state:<9} {one.by}: {one.name}{only}"
        f" {one.relation}{rights}{waives}  {one.why}"
    )


def as_text(value: Any) -> str:
    """JSON for people and programs."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=_iso)


def _iso(value: Any) -> str:
    return str(value.isoformat())


def opened(home: Path | None) -> Any:
    """Judging over the installation that the command is about."""
    from pipeline.judging import Judging
    from pipeline.wiring import open_house

    return Judging(open_house((home or home_from_environment()).resolve()))
