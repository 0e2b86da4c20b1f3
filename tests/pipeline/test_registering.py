"""A system's way in, over a real database and the sandbox city; and drafts, versions, roll-back."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from kernel.errors import BadContract, BadInput, PersonMustAct, Refused
from kernel.house import House
from ledger.tables import entry
from pipeline.registering import Registering
from pipeline.sync import sync
from registry import accounts, states
from registry.accounts import Account
from registry.applied import apply, read
from registry.formwrite import write_form
from registry.states import STATES, Evidence, State
from registry.tables import draft
from tests.registry.test_form import GIVES, GOOD
from tests.running import RunningCity

SYSTEMS = Path(__file__).parents[2] / "connectors" / "systems"
CODE = "sl_water"
OFFICER = Account("water", "水利数据专员", "officer", "市水利局", ())
OTHER = Account("market", "市场数据专员", "officer", "市市场监督管理局", ())


@pytest.fixture
def registering(house: House, tmp_path: Path) -> Registering:
    """A house with an ops engineer, the bureau and two officers, and an empty folder."""
    people = [
        Account("ops", "运维", "ops", None, ()),
        Account("bureau", "数据局", "bureau", None, ()),
        OFFICER,
        OTHER,
    ]
    with house.engine.begin() as conn:
        for one in people:
            accounts.save_account(conn, one, "a password")
    folder = tmp_path / "contracts"
    folder.mkdir()
    return Registering(house, folder)


def give(registering: Registering, city: RunningCity) -> None:
    """The system's contract in force, and its secrets."""
    shutil.copy(SYSTEMS / f"{CODE}.yml", registering.folder)
    shutil.copytree(city.secrets, registering.house.secrets.folder, dirs_exist_ok=True)
    apply(registering.house, registering.folder, "test")


def state(registering: Registering, code: str = CODE) -> tuple[State, str]:
    found = next(one for one in registering.rows() if one.code == code)
    return found.state, found.waits_for


def events(house: House) -> str:
    with house.engine.connect() as conn:
        return "\n".join(conn.execute(select(entry.c.body)).scalars())


def test_from_not_applied_to_live_and_whom_each_step_waits_for(
    registering: Registering, city: RunningCity
) -> None:
    registering.move(CODE, "not_applied", "ops", "列入计划")
    assert state(registering) == ("not_applied", "department")
    with pytest.raises(BadInput, match="without the department's form"):
        registering.move(CODE, "applied", "ops", "催办")
    assert registering.take_form(write_form(GOOD, GIVES), "water", "市水利局") == CODE
    assert state(registering) == ("applied", "nation")
    registering.move(CODE, "authorised", "ops", "收到授权文件")
    assert state(registering) == ("authorised", "ops")
    with pytest.raises(BadInput, match="none applied"):
        registering.move(CODE, "testing", "ops", "联调")
    give(registering, city)
    registering.move(CODE, "testing", "ops", "联调")
    assert state(registering) == ("testing", "department")
    with pytest.raises(BadInput, match="officer's confirmation"):
        registering.move(CODE, "live", "ops", "上线")
    page = registering.summary(CODE, OFFICER)
    registering.confirm(OFFICER, CODE, page.digest, "confirmed", "")
    assert state(registering) == ("live", "nobody")
    assert [one.state for one in registering.history(CODE)] == list(reversed(STATES))
    said = events(registering.house)
    assert said.count("system.moved") == 5
    assert "system.confirmed" in said
    assert "列入计划" not in said


def test_a_contract_that_does_not_reach_its_system_is_not_tested(
    registering: Registering, city: RunningCity
) -> None:
    registering.take_form(write_form(GOOD, GIVES), "water", "市水利局")
    registering.move(CODE, "authorised", "ops", "收到授权文件")
    give(registering, city)
    for file in registering.house.secrets.folder.glob("SL_WATER_*"):
        if not file.name.endswith("URL"):
            file.write_text("wrong", "utf-8")
    with pytest.raises(BadInput, match="sl_water cannot become testing without a contract"):
        registering.move(CODE, "testing", "ops", "联调")
    assert state(registering)[0] == "authorised"


def test_a_letter_that_is_not_there_authorises_nothing(registering: Registering) -> None:
    said = {key: value for key, value in GOOD.items() if key not in ("letter", "until")}
    registering.take_form(write_form(said, GIVES), "water", "市水利局")
    with pytest.raises(BadInput, match="the authorisation letter's number"):
        registering.move(CODE, "authorised", "ops", "口头同意")


def test_sample_rows_are_plain_for_the_departments_officer_only(
    registering: Registering, city: RunningCity
) -> None:
    give(registering, city)
    own = registering.summary(CODE, OFFICER)
    column = read(registering.house.settings.home)[CODE].streams["licence"].column("holder_name")
    at = own.samples[0].columns.index(str(column))
    name = own.samples[0].rows[0][at]
    assert name
    assert "system.sampled" in events(registering.house)
    with pytest.raises(Refused):
        registering.summary(CODE, OTHER)
    for account in (None, Account("ops", "运维", "ops", None, ())):
        shown = registering.summary(CODE, account)
        assert len(shown.samples[0].rows) == len(own.samples[0].rows)
        assert shown.samples[0].rows[0][at] == f"*（{len(name)} 字）"
        assert name not in str(shown.samples)


def test_only_the_departments_officer_confirms_and_only_what_was_shown(
    registering: Registering, city: RunningCity
) -> None:
    give(registering, city)
    page = registering.summary(CODE, OFFICER)
    with pytest.raises(Refused):
        registering.confirm(OTHER, CODE, page.digest, "confirmed", "")
    with pytest.raises(BadInput, match="改过"):
        registering.confirm(OFFICER, CODE, "another", "confirmed", "")
    with pytest.raises(BadInput, match="退回原因不能为空"):
        registering.confirm(OFFICER, CODE, page.digest, "sent_back", " ")
    with pytest.raises(BadInput, match="像是含有个人号码"):
        registering.confirm(
            OFFICER, CODE, page.digest, "sent_back", "见 36070219900101123X 13800000000"
        )
    registering.confirm(OFFICER, CODE, page.digest, "confirmed", "")
    assert state(registering)[0] == "live"
    registering.confirm(OFFICER, CODE, page.digest, "sent_back", "发证日期取错了列")
    assert state(registering)[0] == "testing"
    assert registering.summary(CODE, OFFICER).reason == "发证日期取错了列"


def test_a_form_of_another_department_is_refused(registering: Registering) -> None:
    with pytest.raises(Refused):
        registering.take_form(write_form(GOOD, GIVES), "market", "市市场监督管理局")
    registering.take_form(write_form(GOOD, GIVES), "water", "市水利局")
    with pytest.raises(BadInput, match="已经属于市水利局"):
        registering.take_form(
            write_form(GOOD | {"department": "市市场监督管理局"}, GIVES),
            "market",
            "市市场监督管理局",
        )


def test_a_form_without_a_code_is_given_one(registering: Registering) -> None:
    form = write_form(GOOD | {"code": None}, GIVES)
    assert registering.take_form(form, "water", "市水利局") == "sl_new1"
    assert registering.take_form(form, "water", "市水利局") == "sl_new2"


YES = Evidence(form=True, letter=True, contract=True, unreached=None, confirmed=True)


@given(st.lists(st.sampled_from([*STATES, "gone"]), max_size=30))
def test_states_move_only_along_their_edges(tries: list[str]) -> None:
    now: State = "not_applied"
    for to in tries:
        try:
            after = states.check_move("a_b", now, to, YES)
        except BadInput:
            assert to not in STATES or abs(STATES.index(to) - STATES.index(now)) != 1
        else:
            assert abs(STATES.index(after) - STATES.index(now)) == 1
            assert after == to
            now = after


YES_NO = st.booleans()
AWAY = st.none() | st.just("away")


@given(st.builds(Evidence, YES_NO, YES_NO, YES_NO, AWAY, YES_NO))
def test_a_step_forward_needs_its_evidence_and_a_step_back_none(there: Evidence) -> None:
    needs: dict[State, bool] = {
        "applied": there.form,
        "authorised": there.letter,
        "testing": there.contract and there.unreached is None,
        "live": there.confirmed,
    }
    for now, to in pairwise(STATES):
        assert states.check_move("a_b", to, now, there) == now
        assert (states.lacking(to, there) is None) is needs[to]


def text_of(code: str, old: str = "", new: str = "") -> str:
    text = (SYSTEMS / f"{code}.yml").read_text("utf-8")
    assert old in text
    return text.replace(old, new, 1) if old else text


def test_a_draft_is_approved_by_another_person(registering: Registering) -> None:
    made = registering.submit(text_of(CODE), "ops")
    assert (made.system, made.version) == (CODE, 1)
    assert not list(registering.folder.iterdir())
    with pytest.raises(Refused, match="another person must approve"):
        registering.approve(CODE, 1, "ops")
    with pytest.raises(Refused, match="of the role officer"):
        registering.approve(CODE, 1, "water")
    with pytest.raises(BadInput, match="no draft of sl_water for version 7; waiting are: 1"):
        registering.approve(CODE, 7, "bureau")
    registering.approve(CODE, 1, "bureau")
    assert list(read(registering.house.settings.home)) == [CODE]
    assert (registering.folder / f"{CODE}.yml").read_text("utf-8") == text_of(CODE)
    with pytest.raises(BadInput, match="waiting are: none"):
        registering.approve(CODE, 1, "bureau")


def test_a_draft_on_an_older_version_is_stale(registering: Registering) -> None:
    registering.submit(text_of(CODE), "ops")
    (registering.folder / f"{CODE}.yml").write_text(
        text_of(CODE, "市水利局数据联络员", "市水利局信息中心"), "utf-8"
    )
    apply(registering.house, registering.folder, "test")
    with pytest.raises(BadInput, match="was made on version 0, in force is 1"):
        registering.approve(CODE, 1, "bureau")


def test_nothing_else_of_the_folder_comes_into_force_unseen(registering: Registering) -> None:
    registering.submit(text_of(CODE), "ops")
    shutil.copy(SYSTEMS / "sc_food.yml", registering.folder)
    with pytest.raises(PersonMustAct, match="also changes sc_food"):
        registering.approve(CODE, 1, "bureau")
    assert not (registering.folder / f"{CODE}.yml").exists()


def test_a_killed_approval_is_mended_by_the_next(registering: Registering) -> None:
    registering.submit(text_of(CODE), "ops")
    (registering.folder / f"{CODE}.yml").write_text(text_of(CODE), "utf-8")
    apply(registering.house, registering.folder, "killed after this")
    registering.approve(CODE, 1, "bureau")
    with registering.house.engine.connect() as conn:
        assert conn.execute(select(draft.c.decision, draft.c.decided_by)).one() == (
            "approved",
            "bureau",
        )
    assert len(registering.versions(CODE)) == 1


def test_a_roll_back_is_a_new_version_equal_to_the_old(registering: Registering) -> None:
    for n, text in enumerate((text_of(CODE), text_of(CODE, "longest_age: ", "longest_age: 1")), 1):
        registering.submit(text, "ops")
        registering.approve(CODE, n, "bureau")
    changes = [str(one) for one in registering.diff(CODE, None, None)]
    assert len(changes) == 1
    assert changes[0].startswith("streams.licence.longest_age: ")
    assert registering.rollback(CODE, 1, "ops") == 3
    found = registering.versions(CODE)
    assert [one.number for one in found] == [3, 2, 1]
    assert found[0].digest == found[2].digest
    assert registering.diff(CODE, 1, 3) == []
    assert apply(registering.house, registering.folder, "again") == []
    with pytest.raises(BadInput, match="already is as in version 1"):
        registering.rollback(CODE, 1, "ops")
    with pytest.raises(BadInput, match="no version 9; there are 1-3"):
        registering.rollback(CODE, 9, "ops")


def test_a_draft_with_a_mistake_names_its_line(registering: Registering) -> None:
    with pytest.raises(BadContract, match=r"sl_water\.yml, line \d+, .*share: open is not allowed"):
        registering.submit(text_of(CODE, "share: conditional", "share: open"), "ops")


def test_a_synced_system_is_live_without_anyones_doing(
    registering: Registering, city: RunningCity
) -> None:
    give(registering, city)
    assert state(registering)[0] == "testing"
    sync(registering.house, CODE, "run-1")
    assert state(registering) == ("live", "nobody")


def test_a_form_typed_into_the_page_is_the_record_that_the_excel_form_makes(
    registering: Registering,
) -> None:
    by_file = registering.take_form(write_form(GOOD, GIVES), "water", OFFICER.department)
    excel = registering.filled(by_file, OFFICER.department)
    typed = registering.take_typed(GOOD, GIVES, "water", OFFICER.department)
    assert (typed, registering.filled(typed, OFFICER.department)) == (by_file, excel)
    assert state(registering, typed)[0] == "applied"
    assert events(registering.house).count("system.form_filled") == 2
    with pytest.raises(Refused):
        registering.take_typed(GOOD, GIVES, "market", OTHER.department)
    with pytest.raises(Refused):
        registering.filled(typed, OTHER.department)
    with pytest.raises(BadInput, match=r"联系岗位.*个人号码"):
        registering.take_typed(GOOD | {"contact": "13800000000"}, GIVES, "water", None)
