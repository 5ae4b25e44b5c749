"""A random hour, day and year of a city, after which every book must be right (case 41)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests import databases
from tests.audit.machine.desk import DeskRules
from tests.audit.machine.door import DoorRules
from tests.audit.machine.office import OfficeRules
from tests.audit.machine.till import TillRules

#: ``ENGAGE_MACHINE_EXAMPLES=500 pytest tests/audit/test_machine.py`` looks longer and elsewhere.
MORE = int(os.environ.get("ENGAGE_MACHINE_EXAMPLES", "0"))
#: ``ENGAGE_MACHINE_SHRINK=1`` also looks for the shortest way to a failure, for minutes.
SHRINK = "ENGAGE_MACHINE_SHRINK" in os.environ


class WholeCity(DoorRules, TillRules, DeskRules, OfficeRules):
    """All rules together."""


def on_sqlite(closing: ExitStack) -> str:
    folder = closing.enter_context(tempfile.TemporaryDirectory())
    return databases.sqlite_database(Path(folder))


def on_postgresql(closing: ExitStack) -> str:
    return closing.enter_context(databases.postgresql_database())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("new_database", "examples"),
    [(on_sqlite, 20), (on_postgresql, 6)],
    ids=["sqlite", "postgresql"],
)
def test_case_41_whatever_happens_the_books_hold(
    new_database: Callable[[ExitStack], str], examples: int
) -> None:
    city = type("City", (WholeCity,), {"new_database": staticmethod(new_database)})

    run_state_machine_as_test(
        city,
        settings=settings(
            max_examples=MORE or examples,
            stateful_step_count=50,
            deadline=None,
            derandomize=not MORE,
            database=None,
            phases=(Phase.generate, Phase.shrink) if SHRINK else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
