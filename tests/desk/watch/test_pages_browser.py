"""The pages of plan and alerts in a real browser over a real hub: looked at, measured, without a complaint.

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
    "plan": "/plan/16.07",
    "plan-day": "/plan/16.07.01?day=2024-02-13",
    "plan-trip": "/plan/16.07/trip/{trip}",
    "plan-nation": "/plan/id",
    "alerts": "/alerts/16.07",
    "alert": "/alert/{alert}",
    "alert-off": "/alert/{off}",
}

pytestmark = MARKS


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with hub_of("tests.desk.watch.page_hub", tmp_path_factory.mktemp("home")) as told:
        yield told


@pytest.fixture(scope="module")
def signed_in(hub: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """A browser, and the cookies of the officer: a link opens once."""
    with browser_of() as browser:
        context = browser.new_context()
        page = context.new_page()
        page.goto(hub["url"] + hub["link"])
        page.locator("main button").click()
        yield browser, context.cookies()


@pytest.fixture(params=LOOKS, ids="-".join)
def look(request: Any, hub: dict[str, Any], signed_in: Any) -> Iterator[Any]:
    size, scheme, language = request.param
    browser, cookies = signed_in
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    context.add_cookies([*cookies, {"name": "django_language", "value": language, "url": hub["url"]}])
    yield context.new_page(), width, f"{size}-{scheme}-{language}"
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_screen_draws_its_map_and_complains_about_nothing(
    name: str, look: Any, hub: dict[str, Any]
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    page, width, looks = look
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(hub["url"] + PAGES[name].format(**hub))
    _wait(page, "!document.querySelector('[data-map]') || document.querySelector('[data-drawn]')")
    picture(page, f"{name}-{looks}")
    if page.locator("[data-map]").count():
        assert page.locator("[data-map]").get_attribute("data-drawn") == "yes"
        assert not page.locator(".map__say").is_visible()  # it would say that there is no area
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = axe.run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert complaints == []


def test_an_officer_answers_and_closes_an_alert_in_the_browser(hub: dict[str, Any], signed_in: Any) -> None:
    browser, cookies = signed_in
    context = browser.new_context()
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(f"{hub['url']}/alert/{hub['alert']}")
    page.locator("#note").fill("Kapal cadangan berangkat.")
    page.locator("#answer button", has_text="Saya tangani").click()
    page.locator("#acts", has_text="Kapal cadangan berangkat.").wait_for()
    page.locator("#reason").fill("Sudah tiba.")
    page.locator("#answer button", has_text="Tutup peringatan").click()
    page.locator("h1", has_text="(ditutup)").wait_for()
    assert page.locator("#answer").count() == 0
    context.close()


def _wait(page: Any, expression: str) -> None:
    # The content policy forbids eval, and with it Playwright's wait_for_function on a text.
    until = time.monotonic() + WAIT_S
    while not page.evaluate(f"Boolean({expression})"):
        assert time.monotonic() < until, expression
        time.sleep(0.05)
