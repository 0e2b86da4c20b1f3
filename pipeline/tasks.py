"""What Airflow's tasks call: one function a step, opened from ZHONGTAI_HOME, counts as result.

A person must act or nothing can go on: Airflow does not retry. A system that rests: the task is
skipped, and what hangs on it. Anything else: Airflow retries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import ParamSpec

from kernel.errors import PersonMustAct, Resting, Stop
from kernel.settings import home_from_environment
from pipeline.wiring import open_house

P = ParamSpec("P")
Result = dict[str, int]
#: How Airflow names the runs of a schedule; any other run was asked for by a person.
SCHEDULED = "scheduled__"


def step(function: Callable[P, Result]) -> Callable[P, Result]:
    """Turn errors that a retry cannot mend into Airflow's own."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except Resting as rest:
            from airflow.sdk.exceptions import AirflowSkipException

            raise AirflowSkipException(str(rest)) from rest
        except (PersonMustAct, Stop) as error:
            from airflow.sdk.exceptions import AirflowFailException

            raise AirflowFailException(str(error)) from error

    return wrapped


@step
def land(code: str, run: str) -> Result:
    """Sync one system: raw kept, checked, stored, cursor moved."""
    from pipeline.sync import How, sync

    how = How(scheduled=run.startswith(SCHEDULED))
    return asdict(sync(open_house(home_from_environment(), "sync"), code, run, how=how))


@step
def seal(code: str, run: str) -> Result:
    """Publish the licences of one system: sealed, encrypted, stored."""
    from pipeline.sealing import seal_system

    return asdict(seal_system(open_house(home_from_environment(), "seal"), code, run))


@step
def unify(run: str) -> Result:
    """Map county items and materials to canonical ones."""
    from catalog.unify import unify as unify_all

    return asdict(unify_all(open_house(home_from_environment(), "catalogue"), run))


@step
def publish(run: str) -> Result:
    """A new catalogue version when its content changed."""
    from catalog.versions.publish import publish as publish_version
    from pipeline.forms import Forms
    from pipeline.uses import Uses

    house = open_house(home_from_environment(), "catalogue")
    Forms(house).sandbox()
    version = publish_version(house, f"airflow {run}")
    return {"version": version, "uses_asked": Uses(house).request()}


@step
def later() -> Result:
    """Fetch what cases were promised while a source rested; then the bureau's sums."""
    from pipeline.counting import count
    from pipeline.later import fetch_later

    house = open_house(home_from_environment(), "portal")
    fetched = asdict(fetch_later(house))
    return fetched | {"settled": count(house).settled}


@step
def deliver() -> Result:
    """Tell every receiver of events what is due."""
    from pipeline.events import Events

    return asdict(Events(open_house(home_from_environment(), "portal")).deliver())
