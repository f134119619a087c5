"""The pages of an area, a station and an entry in a real browser over a real hub: looked at, measured,
without a complaint.

Screenshots go to build/screens/.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.desk.browsing import MARKS, SIZES, browser_of, hub_of, picture

WAIT_S = 90
LOOKS = [
    ("phone", "light", "id"), ("phone", "dark", "en"), ("desk", "dark", "id"), ("desk", "light", "en"),
    ("wall", "light", "id"), ("wall", "dark", "en"),
]  # fmt: skip
MEASURED = [("phone", "dark", "en"), ("desk", "light", "en")]  # by axe, which takes its time
STATION = "1607032001001"
PAGES = {
    "area": "/area/16.07",
    "area-risk": "/area/16.07?layer=risk",
    "district": "/area/16.07.03",
    "village": "/area/16.07.03.2001",
    "stations": "/area/16.07/stations",
    "station": f"/station/{STATION}",
    "findings": "/findings/16.07",
    "entry": "/entry/0",
    "shipments": "/shipments",
}
ON_THE_WALL = ("area", "district", "station")  # what hangs there; a large map takes the processor its time
NO_WEBGL = (
    "const real = HTMLCanvasElement.prototype.getContext;"
    "HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
    "  return kind === 'webgl2' ? null : real.call(this, kind, ...more); };"
)

pytestmark = MARKS


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with hub_of("tests.desk.report.page_hub", tmp_path_factory.mktemp("home")) as told:
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


@pytest.fixture
def look(hub: dict[str, Any], signed_in: Any) -> Iterator[Callable[..., Any]]:
    browser, cookies = signed_in
    contexts = []

    def make(size: str = "desk", scheme: str = "light", language: str = "id", script: str = "") -> Any:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, base_url=hub["url"]
        )
        contexts.append(context)
        context.add_cookies([*cookies, {"name": "django_language", "value": language, "url": hub["url"]}])
        if script:
            context.add_init_script(script)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("size", "scheme", "language"), LOOKS)
def test_every_page_fits_its_screen_draws_its_map_and_complains_about_nothing(
    look: Callable[..., Any], size: str, scheme: str, language: str
) -> None:
    page = look(size, scheme, language)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    for name in ON_THE_WALL if size == "wall" else PAGES:
        _open(page, PAGES[name])
        picture(page, f"report-{name}-{size}-{scheme}-{language}")
        assert page.evaluate("document.documentElement.lang") == language
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], name
        if page.locator("[data-map]").count():
            assert page.locator("[data-map]").get_attribute("data-drawn") == "yes", name
            assert not page.locator(".map__say").is_visible(), name
        if (size, scheme, language) in MEASURED:
            assert _violations(page) == [], name
        assert complaints == [], name


def test_the_map_shows_its_areas_and_its_vehicle_and_leads_down(look: Callable[..., Any]) -> None:
    """As SVG, where every area is an element that can be counted and pressed."""
    page = look(script=NO_WEBGL)
    _open(page, "/area/16.07")
    assert page.locator("svg a path.map-area").count() == 2
    assert page.locator("svg a circle.map-area").count() == 1
    page.locator('svg a[href="/area/16.07.03"]').click()
    page.wait_for_url("**/area/16.07.03")


def test_a_number_of_the_sentence_leads_down_to_the_signed_event(look: Callable[..., Any]) -> None:
    page = look()
    _open(page, "/area/16.07")
    page.locator("#sentence a.count.state--risk").click()
    page.locator(f'#list a[href="/station/{STATION}"]').click()
    page.locator("#told .timeline__what a").first.click()
    assert "/entry/" in page.url
    page.locator("#log").wait_for()


def test_the_legend_of_risk_speaks_of_classes(look: Callable[..., Any]) -> None:
    page = look()
    _open(page, "/area/16.07?layer=risk")
    words = page.locator(".map__keys li").all_inner_texts()
    assert [word.strip() for word in words][:5] == [
        "kurang rawan", "rawan", "sangat rawan", "khusus", "belum dinilai",
    ]  # fmt: skip


def _open(page: Any, path: str) -> None:
    page.goto(path)
    # The content policy forbids eval, and with it Playwright's wait_for_function on a text.
    until = time.monotonic() + WAIT_S
    while not page.evaluate(
        "Boolean(!document.querySelector('[data-map]') || document.querySelector('[data-drawn]'))"
    ):
        assert time.monotonic() < until, path
        time.sleep(0.05)


def _violations(page: Any) -> list[tuple[str, str]]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    found = axe.run(page).response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found]
