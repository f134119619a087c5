"""A hub with posts of three agencies, in a home of its own, so that its issuer keys are new."""

from __future__ import annotations

from pathlib import Path

import pytest

from kawal.desk.people.models import Post


@pytest.fixture(autouse=True)
def hub(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAWAL_HOME", str(tmp_path))
    for code in (
        "kpu/16.07",
        "kpu/16.07.03",
        "kpu/1607032001001",
        "polri/16.07",
        "polri/16.07.03",
        "bawaslu/16.07",
    ):
        agency, _, area = code.partition("/")
        Post.objects.create(code=code, agency=agency, area_code=area, name=code)
