"""The city's worked example: the plan is as the truth says, and its copies are genuine."""

from __future__ import annotations

import pytest

from certs.seals.trust import trust_of
from certs.verifying.file import verify_file
from kernel.errors import Refused
from pipeline.sync import sync
from tests.e2e.installed import Installed
from tests.e2e.people import BUSINESS, ESTATE, Paper, case_of, example, line_of, papers, raw_key


def test_the_plan_waives_exactly_what_the_truth_says(installed: Installed) -> None:
    told = example(installed)
    plan = installed.platform.plan(installed.account("clerk"), told["case"])
    waived = {line.name: line.licence_type for line in plan.lines if line.verdict == "waived"}
    assert waived == {
        one["name"]: one["licence_type"] for one in told["materials"] if one["waived"]
    }
    assert len(plan.lines) == len(told["materials"])
    assert installed.entries()[-1]["event"] == "plan.made"


def test_each_waived_material_comes_as_a_copy_that_verifies(installed: Installed) -> None:
    told, clerk = example(installed), installed.account("clerk")
    plan = installed.platform.plan(clerk, told["case"])
    for line in (one for one in plan.lines if one.verdict == "waived"):
        copy = installed.platform.fetch(clerk, told["case"], line.material_id, "prove")
        entry = installed.entries()[-1]
        assert (entry["event"], entry["copy"]) == ("look.granted", copy.id)
        verdict = verify_file(copy.pdf, trust_of(installed.house), installed.house.clock())
        assert (verdict.untouched, verdict.issuer_known, verdict.status) == (True, True, "valid")
        assert verdict.about["licence_type"] == line.licence_type


def test_a_copy_with_one_byte_changed_does_not_verify(installed: Installed) -> None:
    told, clerk = example(installed), installed.account("clerk")
    plan = installed.platform.plan(clerk, told["case"])
    line = next(one for one in plan.lines if one.verdict == "waived")
    pdf = bytearray(installed.platform.fetch(clerk, told["case"], line.material_id, "prove").pdf)
    pdf[len(pdf) // 3] ^= 1
    verdict = verify_file(bytes(pdf), trust_of(installed.house), installed.house.clock())
    assert verdict.untouched is not True


def _paper(installed: Installed, what: str) -> Paper:
    """A licence that stands for a material now, another one for each deed."""
    kind = ESTATE if what == "estate deleted" else BUSINESS
    return papers(installed, kind)[-1]


@pytest.mark.parametrize("what", ["revoked", "deleted", "estate deleted"])
def test_a_licence_revoked_or_deleted_at_its_source_is_refused(
    installed: Installed, what: str
) -> None:
    paper, clerk = _paper(installed, what), installed.account("clerk")
    case = case_of(installed, paper)
    name = ESTATE if what == "estate deleted" else BUSINESS
    before = line_of(installed, case, name)
    assert before.verdict == "waived"
    assert installed.platform.fetch(clerk, case, before.material_id, "prove").pdf

    deed = "revoke" if what == "revoked" else "delete"
    installed.truth.post(f"/licences/{paper.system}/{raw_key(installed, paper)}/{deed}")
    installed.round(f"after-{what.replace(' ', '-')}", [paper.system])

    assert line_of(installed, case, name).verdict == "bring"
    with pytest.raises(Refused) as refused:
        installed.platform.fetch(clerk, case, before.material_id, "prove")
    detail = "licence_revoked" if what == "revoked" else "licence_withdrawn"
    assert refused.value.facts["reason"] == "licence_not_valid"
    assert refused.value.facts["detail"] == detail
    entry = installed.entries()[-1]
    assert (entry["event"], entry["reason"]) == ("look.refused", detail)
    assert (entry["case"], entry["material"]) == (case, before.material_id)


def test_a_revoked_licence_is_refused_even_before_it_is_sealed_anew(installed: Installed) -> None:
    paper, clerk = papers(installed, BUSINESS)[-1], installed.account("clerk")
    case = case_of(installed, paper)
    line = line_of(installed, case, BUSINESS)
    installed.truth.post(f"/licences/{paper.system}/{raw_key(installed, paper)}/revoke")
    sync(installed.house, paper.system, "revoked-not-sealed")
    with pytest.raises(Refused) as refused:
        installed.platform.fetch(clerk, case, line.material_id, "prove")
    assert refused.value.facts["detail"] == "licence_revoked"
