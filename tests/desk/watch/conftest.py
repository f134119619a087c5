"""A test's rows are rolled back and their numbers given again: what was kept by number must go too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kawal.desk.watch import signals, told, watching


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    keepers = (watching._kept, told._kept, signals._kept)
    for kept in keepers:
        kept.clear()
    yield
    for kept in keepers:
        kept.clear()
