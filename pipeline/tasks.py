"""What Airflow's tasks call: one function a step, opened from ZHONGTAI_HOME, counts as result.

A person must act or nothing can go on: Airflow does not retry. A system that rests: the task is
skipped, and what hangs on it. Anything else: Airflow retries. Each says in the log that it began
and how it ended, under the run id of its DAG.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Final

from kernel import logs
from kernel.duties import Duty
from kernel.errors import PersonMustAct, Resting, Stop
from kernel.house import House
from kernel.settings import home_from_environment
from pipeline.wiring import open_house

Result = dict[str, int]
#: How Airflow names the runs of a schedule; any other run was asked for by a person.
SCHEDULED = "scheduled__"
DUTIES: Final[dict[str, Duty]] = {
    "land": "sync",
    "seal": "seal",
    "unify": "catalogue",
    "publish": "catalogue",
    "later": "portal",
    "deliver": "portal",
}


@contextmanager
def opened(task: str, run: str, **system: str) -> Iterator[House]:
    """The installation for one task, by its role of the database; errors that a retry cannot mend
    become Airflow's own."""
    with logs.about(task=task, run=run, **system):
        try:
            house = open_house(home_from_environment(), DUTIES[task], program="airflow")
            logs.info("task began")
            yield house
            logs.info("task done")
        except Resting as rest:
            from airflow.sdk.exceptions import AirflowSkipException

            logs.info("task skipped")
            raise AirflowSkipException(str(rest)) from rest
        except (PersonMustAct, Stop) as error:
            from airflow.sdk.exceptions import AirflowFailException

            logs.error(f"task failed, a person must act: {error}")
            raise AirflowFailException(str(error)) from error
        except Exception as error:
            logs.warning(f"task failed, Airflow tries again: {type(error).__name__}")
            raise


def land(code: str, run: str) -> Result:
    """Sync one system: raw kept, checked, stored, cursor moved."""
    from pipeline.sync import How, sync

    with opened("land", run, system=code) as house:
        how = How(scheduled=run.startswith(SCHEDULED))
        return asdict(sync(house, code, run, how=how))


def seal(code: str, run: str) -> Result:
    """Publish the licences of one system: sealed, encrypted, stored."""
    from pipeline.sealing import seal_system

    with opened("seal", run, system=code) as house:
        return asdict(seal_system(house, code, run))


def unify(run: str) -> Result:
    """Map county items and materials to canonical ones."""
    from pipeline.catalogued import unify as unify_all

    with opened("unify", run) as house:
        return asdict(unify_all(house, run))


def publish(run: str) -> Result:
    """A new catalogue version when its content changed."""
    from pipeline.catalogued import publish as publish_version
    from pipeline.forms import Forms
    from pipeline.uses import Uses

    with opened("publish", run) as house:
        Forms(house).sandbox()
        version = publish_version(house, f"airflow {run}", run)
        return {"version": version, "uses_asked": Uses(house).request()}


def later(run: str) -> Result:
    """Fetch what cases were promised while a source rested; then the bureau's sums."""
    from pipeline.counting import count
    from pipeline.later import fetch_later

    with opened("later", run) as house:
        fetched = asdict(fetch_later(house))
        return fetched | {"settled": count(house).settled}


def deliver(run: str) -> Result:
    """Tell every receiver of events what is due."""
    from pipeline.events import Events

    with opened("deliver", run) as house:
        return asdict(Events(house).deliver())
