"""A live page in a real browser over a real hub: it changes by itself, and only where it says so."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.desk.browsing import MARKS, browser_of, hub_of

WAIT_S = 60

pytestmark = MARKS


class Hub:
    def __init__(self, told: dict[str, Any]) -> None:
        self.url, self.link = told["url"], told["link"]

    def tell(self) -> None:
        """Something happens in the world."""
        urllib.request.urlopen(f"{self.url}/tell", data=b"").close()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with hub_of("tests.desk.site.live_hub", tmp_path) as told:
        yield Hub(told)


@pytest.fixture
def page(hub: Hub) -> Iterator[Any]:
    with browser_of() as browser:
        opened = browser.new_page()
        opened.goto(hub.url + hub.link)
        opened.locator("main button").click()
        opened.goto(f"{hub.url}/live-page")
        yield opened


def _wait(page: Any, expression: str) -> None:
    # The content policy forbids eval, and with it Playwright's wait_for_function on a text.
    until = time.monotonic() + WAIT_S
    while not page.evaluate(f"Boolean({expression})"):
        assert time.monotonic() < until, expression
        time.sleep(0.05)


def _text(selector: str) -> str:
    return f"document.querySelector('{selector}').textContent"


def test_news_change_what_is_live_and_nothing_else(hub: Hub, page: Any) -> None:
    _wait(page, f"{_text('[data-live-state]')} === 'Langsung'")
    before = page.locator("#told").inner_text()
    page.evaluate("document.querySelector('#still').dataset.mine = 'kept'")
    hub.tell()
    _wait(page, f"{_text('#told')} === '{int(before) + 1}'")
    assert page.locator("#still").inner_text() == before
    assert page.locator("#still").get_attribute("data-mine") == "kept"


def test_who_is_writing_is_not_disturbed(hub: Hub, page: Any) -> None:
    _wait(page, f"{_text('[data-live-state]')} === 'Langsung'")
    before = page.locator("#told").inner_text()
    page.locator("#note").fill("sedang menulis")
    with page.expect_response("**/live-page"):
        hub.tell()
    assert page.locator("#note").input_value() == "sedang menulis"
    assert page.locator("#told").inner_text() == before
    page.evaluate("document.activeElement.blur()")
    hub.tell()
    _wait(page, f"{_text('#told')} === '{int(before) + 2}'")


def test_a_connection_that_is_lost_is_told_with_the_age_of_the_data(hub: Hub, page: Any) -> None:
    _wait(page, f"{_text('[data-live-state]')} === 'Langsung'")
    page.context.set_offline(True)
    _wait(page, "!document.querySelector('#stale-notice').hidden")
    assert "Tidak ada sambungan. Data ini dari" in page.locator("#stale-notice").inner_text()
    page.context.set_offline(False)
    _wait(page, "document.querySelector('#stale-notice').hidden")
