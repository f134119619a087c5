"""Asking for a repair in a browser: it goes on without its page, and the next page tells its end by itself.

Screenshots go to build/screens/.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.desk.browsing import MARKS, SIZES, browser_of, hub_of, picture

WAIT_MS = 300_000
pytestmark = MARKS


@pytest.fixture
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """opened(size, language): a page with the versions of the plan; whoever plans is signed in."""
    with (
        hub_of("tests.desk.watch.repair_hub", tmp_path_factory.mktemp("home")) as hub,
        browser_of() as browser,
    ):
        first = browser.new_context()
        page = first.new_page()
        page.goto(hub["url"] + hub["link"])
        page.locator("main button").click()
        page.locator("#sentence").wait_for()

        def open_(size: str, language: str) -> Any:
            width, height = SIZES[size]
            context = browser.new_context(viewport={"width": width, "height": height})
            told = {"name": "django_language", "value": language, "url": hub["url"]}
            context.add_cookies([*first.cookies(), told])
            shown = context.new_page()
            shown.goto(hub["url"] + "/plan/16.07/versions")
            return shown

        yield open_


def test_a_repair_goes_on_when_its_page_is_closed_and_the_next_page_tells_its_end(opened: Any) -> None:
    page = opened("phone", "id")
    page.locator("#surer button[value=try_repair]").click()
    page.locator("#surer", has_text="Perbaikan sedang dicoba").wait_for()
    picture(page, "repair-underway-phone-id", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.close()
    page = opened("desk", "en")
    page.locator("#surer .notice--done").wait_for(timeout=WAIT_MS)  # nobody loads it again
    picture(page, "repair-done-desk-en", full_page=True)
    assert "The repair has made version 2" in page.locator("#surer").inner_text()
    assert page.locator("#surer button[value=try_repair]").is_visible()
    assert page.locator("#versions tbody tr").count() == 2
    page.locator("#surer .notice__action").click()
    page.locator("h2", has_text="What the repair did").wait_for()
    picture(page, "repair-compared-desk-en", full_page=True)
