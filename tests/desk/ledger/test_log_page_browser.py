"""The log's page in a real browser: fits its screen, complains about nothing, is measured by axe.

Screenshots go to build/screens/.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.desk.browsing import MARKS, browser_of, hub_of, picture

LOOKS = [
    ("phone", 390, 844, "dark", "id"),
    ("desk", 1440, 900, "light", "en"),
    ("wall", 2560, 1440, "dark", "id"),
]

pytestmark = MARKS


@pytest.fixture(params=["none", "silent", "forked"])
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with hub_of("tests.desk.ledger.log_hub", tmp_path, request.param) as told:
        yield request.param, told


def test_the_page_fits_every_screen_and_is_fit_for_everybody(hub: tuple[str, dict[str, Any]]) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    state, told = hub
    with browser_of() as browser:
        first = browser.new_context()
        page = first.new_page()
        page.goto(told["url"] + told["link"])
        page.locator("main button").click()
        for size, width, height, scheme, language in LOOKS:
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, base_url=told["url"]
            )
            spoken = {"name": "django_language", "value": language, "url": told["url"]}
            context.add_cookies([*first.cookies(), spoken])
            page = context.new_page()
            complaints: list[str] = []
            page.on("pageerror", lambda error, to=complaints: to.append(str(error)))
            page.goto("/ledger")
            picture(page, f"log-{state}-{size}-{scheme}-{language}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            violations = axe.run(page).response["violations"]
            assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == []
            assert complaints == []
            context.close()
