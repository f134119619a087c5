"""Settings for every test: a home of its own, never the developer's; and in which order tests run."""

from __future__ import annotations

import gc
import os
import tempfile

import pytest
from hypothesis import settings

os.environ["KAWAL_HOME"] = tempfile.mkdtemp(prefix="kawal-test-")

# No timed tests: a loaded machine is not a broken rule. CI draws the same examples each time, so that a
# landing does not hang on chance; whoever works on a rule draws new ones with every run. Where the same
# tests run once more in other surroundings, KAWAL_EXAMPLES asks for fewer.
settings.register_profile(
    "kawal",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    max_examples=int(os.environ.get("KAWAL_EXAMPLES", "100")),
)
settings.load_profile("kawal")

# Of these one test alone takes many seconds. They begin first, so that no process is left with one at the
# end while the others have nothing to do (with --no-loadscope-reorder).
LONG = (
    "tests/demo/",
    "tests/desk/places/test_real_places.py",
    "tests/safekeeping/",
    "tests/serve/",
    "tests/journeys/",
    "tests/rules/plan/sure/",
    "tests/desk/plan/",
)


# Thousands of tests and what they import stay to the end: to look through them for garbage finds none.
gc.disable()


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: many tests wait, for a process, a page or a database."""
    return (os.cpu_count() or 1) + 1
