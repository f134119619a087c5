"""The phones on the way of one ballot box."""

from __future__ import annotations

import pytest

from tests.rules.custody.stories import Cast, Story


@pytest.fixture
def cast() -> Cast:
    return Cast(Story())
