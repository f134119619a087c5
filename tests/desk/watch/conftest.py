"""A test's rows are rolled back and their numbers given again: what was kept by number must go too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kawal.desk.watch import told, watching


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    watching._kept.clear()
    told._kept.clear()
    yield
    watching._kept.clear()
    told._kept.clear()
