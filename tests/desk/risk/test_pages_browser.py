"""The pages of risk in a real browser over a real hub: looked at, measured, without a complaint.

Screenshots go to build/screens/.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.desk.browsing import MARKS, SIZES, browser_of, hub_of, picture

WAIT_S = 90
LOOKS = [("phone", "light", "id"), ("desk", "dark", "en"), ("wall", "light", "id")]
PAGES = {
    "risk": "/risk/16.07",
    "risk-village": "/risk/16.07.01.2001",
    "risk-villages": "/risk/16.07?of=villages&sort=change&layer=change",
    "risk-table": "/risk/16.07/table",
    "risk-give": "/risk/16.07/give",
}

pytestmark = MARKS


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with hub_of("tests.desk.risk.page_hub", tmp_path_factory.mktemp("home")) as told:
        yield told


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browser_of() as found:
        yield found


@pytest.fixture(scope="module")
def cookies(hub: dict[str, Any], browser: Any) -> dict[str, Any]:
    """Of each officer, signed in once."""
    return {name: _signed_in(browser, hub, name) for name in ("kapolres", "dandim")}


def _signed_in(browser: Any, hub: dict[str, Any], name: str) -> Any:
    context = browser.new_context()
    page = context.new_page()
    page.goto(hub["url"] + hub["links"][name])
    page.locator("main button").click()
    found = context.cookies()
    context.close()
    return found


@pytest.fixture(params=LOOKS, ids="-".join)
def look(request: Any, hub: dict[str, Any], browser: Any, cookies: dict[str, Any]) -> Iterator[Any]:
    size, scheme, language = request.param
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    context.add_cookies(
        [*cookies["kapolres"], {"name": "django_language", "value": language, "url": hub["url"]}]
    )
    yield context.new_page(), width, f"{size}-{scheme}-{language}"
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_screen_draws_its_map_and_complains_about_nothing(
    name: str, look: Any, hub: dict[str, Any]
) -> None:
    page, width, looks = look
    _checked(page, hub["url"] + PAGES[name], width, f"{name}-{looks}")


def test_the_page_of_counts_fits_and_complains_about_nothing(
    hub: dict[str, Any], browser: Any, cookies: dict[str, Any]
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.add_cookies(cookies["dandim"])
    _checked(context.new_page(), hub["url"] + "/risk/16.07", 390, "risk-counts-phone")
    context.close()


def _checked(page: Any, url: str, width: int, name: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    answer = page.goto(url)
    assert answer.status == 200
    _wait(page, "!document.querySelector('[data-map]') || document.querySelector('[data-drawn]')")
    picture(page, name, full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = axe.run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert complaints == []


def test_a_chief_of_the_province_confirms_what_was_proposed(hub: dict[str, Any], browser: Any) -> None:
    context = browser.new_context()
    context.add_cookies(_signed_in(browser, hub, "kapolda"))
    page = context.new_page()
    page.goto(f"{hub['url']}/risk/16.07.02")
    page.locator("#waiting button.button--main").click()
    page.locator(".notice--done").wait_for()
    assert page.locator("#waiting").count() == 0
    context.close()


def _wait(page: Any, expression: str) -> None:
    # The content policy forbids eval, and with it Playwright's wait_for_function on a text.
    until = time.monotonic() + WAIT_S
    while not page.evaluate(f"Boolean({expression})"):
        assert time.monotonic() < until, expression
        time.sleep(0.05)
