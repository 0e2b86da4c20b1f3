"""`zhongtai accounts`: who may sign in, as the three administrators keep it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.asking import opened
from cli.options import AsJson, By, Home

app = typer.Typer(help="Who may sign in.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The account's name.")]
Person = Annotated[str, typer.Option(help="NAME:STAFF-NUMBER of the person.")]


@app.command("first")
def first(sysadmin: Person, secadmin: Person, auditor: Person, home: Home = None) -> None:
    """The first three administrators, three different people; shows each one's first password."""
    three = {"sysadmin": _pair(sysadmin), "secadmin": _pair(secadmin), "auditor": _pair(auditor)}
    for name, password in _staff(home).first(three).items():
        typer.echo(f"{name}: the first password is {password}")
    typer.echo("each is shown this once, and is to be changed at the first sign-in")


@app.command("list")
def list_(as_json: AsJson = False, home: Home = None) -> None:
    """Every account, by name."""
    found = _staff(home).listed()
    if as_json:
        rows = [asdict(one) for one in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1, default=str))
        return
    for one in found:
        state = "enabled"
        if one.disabled_at or one.must_change:
            state = "disabled" if one.disabled_at else "first password"
        where = one.department or ",".join(one.posts) or "-"
        typer.echo(f"{one.name:<16}  {one.role:<9}  {state:<14}  {where}  {one.display}")


@app.command("add")
def add(
    name: Name,
    display: Annotated[str, typer.Option(help="As pages show it.")],
    person: Annotated[str, typer.Option(help="The person's staff number.")],
    by: By,
    home: Home = None,
) -> None:
    """A new account that waits for its role; shows its first password. By the sysadmin."""
    staff = _staff(home)
    password = staff.create(_who(staff, by), name, display, person)
    typer.echo(f"{name} waits for its role; the first password, shown this once: {password}")


@app.command("grant")
def grant(
    name: Name,
    role: Annotated[str, typer.Option(help="One of seven; docs/signing-in.md says which.")],
    by: By,
    department: Annotated[str | None, typer.Option(help="An officer's.")] = None,
    post: Annotated[list[str] | None, typer.Option(help="A clerk's, once for each.")] = None,
    home: Home = None,
) -> None:
    """Give role, department and posts, and enable it. By the security administrator."""
    staff = _staff(home)
    staff.grant(_who(staff, by), name, role, department, post or [])
    typer.echo(f"{name} is {role}")


@app.command("disable")
def disable(name: Name, by: By, home: Home = None) -> None:
    """Out at once, with all its sessions. By the system or security administrator."""
    staff = _staff(home)
    staff.disable(_who(staff, by), name)
    typer.echo(f"{name} is disabled")


@app.command("password")
def password(name: Name, by: By, home: Home = None) -> None:
    """A new first password, shown once. By the system administrator."""
    staff = _staff(home)
    made = staff.new_password(_who(staff, by), name)
    typer.echo(f"the first password of {name}, shown this once: {made}")


@app.command("factor")
def factor(name: Name, by: By, home: Home = None) -> None:
    """Take the second factor away, for who lost it. By the security administrator."""
    staff = _staff(home)
    staff.drop_factor(_who(staff, by), name)
    typer.echo(f"{name} sets a second factor at the next sign-in")


@app.command("audit")
def audit(
    who: Annotated[str | None, typer.Option(help="Done by or to this account only.")] = None,
    before: Annotated[int | None, typer.Option(help="Entries before this number.")] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Sign-ins and changes of accounts, the newest first."""
    found = _staff(home).deeds(who, before)
    if as_json:
        rows = [asdict(one) for one in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1, default=str))
        return
    for one in found:
        about = " ".join(part for part in (one.subject, one.role, one.reason) if part)
        typer.echo(f"{one.seq:>8}  {one.at:%Y-%m-%d %H:%M:%S}Z  {one.event}  {one.actor}  {about}")


def _pair(text: str) -> tuple[str, str]:
    from kernel.errors import BadInput

    name, _, person = text.partition(":")
    if not name or not person:
        raise BadInput("a first administrator is NAME:STAFF-NUMBER, like li.hua:GZ-0012")
    return name, person


def _staff(home: Path | None) -> Any:
    from pipeline.staff import Staff

    return Staff(opened(home))


def _who(staff: Any, by: str) -> Any:
    from pipeline.mending import known_account

    return known_account(staff.house, by)
