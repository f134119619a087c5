"""A pytest plugin that makes Django unimportable: `-p no:django -p tests.without_django`."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec

import pytest


class _NoDjango(MetaPathFinder):
    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if fullname == "django" or fullname.startswith("django."):
            raise ImportError("the rules must not need Django")
        return None


sys.meta_path.insert(0, _NoDjango())


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: longer than a few seconds, run by the wider suite")
