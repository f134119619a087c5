"""The page of escorts in a real browser over a real hub: it fits and complains about nothing.

Screenshots go to build/screens/.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.desk.browsing import MARKS, SIZES, browser_of, hub_of, picture

LOOKS = [("phone", "light", "id"), ("desk", "dark", "en"), ("wall", "light", "id")]

pytestmark = MARKS


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with hub_of("tests.desk.plan.escorts_hub", tmp_path_factory.mktemp("home")) as told:
        yield told


def test_the_page_of_escorts_fits_every_screen_and_complains_about_nothing(hub: dict[str, Any]) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    with browser_of() as browser:
        first = browser.new_context()
        page = first.new_page()
        page.goto(hub["url"] + hub["links"]["kapolres"])
        page.locator("main button").click()
        cookies = first.cookies()
        for size, scheme, language in LOOKS:
            width, height = SIZES[size]
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
            spoken = {"name": "django_language", "value": language, "url": hub["url"]}
            context.add_cookies([*cookies, spoken])
            for name, address in {"escorts": "/escorts", "trip": f"/trip/{hub['trip']}"}.items():
                _checked(
                    context.new_page(), f"{hub['url']}/plan/16.07{address}", axe, width, f"{name}-{size}"
                )
            context.close()


def _checked(page: Any, url: str, axe: Any, width: int, name: str) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    assert page.goto(url).status == 200
    picture(page, f"roster-{name}", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = axe.run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert complaints == []
