"""The design page and the sign-in page in a real browser: looked at, measured, and free of violations.

Screenshots go to build/screens/.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from kawal.desk.clock.models import Exercise
from kawal.desk.site.design import ISLANDS
from tests.desk.browsing import MARKS, browser_of, picture

WAIT_S = 90  # the map is drawn by the processor, and others may use it too
SIZES = {"phone": (390, 844), "desk": (1440, 900), "wall": (1920, 1080), "big": (3840, 2160)}

pytestmark = [*MARKS, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    # Playwright's event loop runs in this thread, and Django would take it for an asynchronous view.
    with pytest.MonkeyPatch.context() as patch, browser_of() as started:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield started


class Screen:
    """One browser page with what it complained about."""

    def __init__(self, browser: Any, url: str, size: str, scheme: str, language: str) -> None:
        width, height = SIZES[size]
        self.context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        self.context.add_cookies([{"name": "django_language", "value": language, "url": url}])
        self.page = self.context.new_page()
        self.url = url
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type == "error" else None
        )

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)
        self.wait("!document.querySelector('[data-map]') || document.querySelector('[data-drawn]')")

    def wait(self, expression: str) -> None:
        # The content policy forbids eval, and with it Playwright's wait_for_function on a text.
        until = time.monotonic() + WAIT_S
        while not self.page.evaluate(f"Boolean({expression})"):
            assert time.monotonic() < until, expression
            time.sleep(0.05)

    def keep(self, name: str, *, full: bool = False) -> None:
        picture(self.page, name, full_page=full)


@pytest.fixture
def screen(browser: Any, live_server: Any) -> Iterator[Any]:
    opened: list[Screen] = []

    def make(size: str = "desk", scheme: str = "light", language: str = "id") -> Screen:
        opened.append(Screen(browser, live_server.url, size, scheme, language))
        return opened[-1]

    yield make
    for each in opened:
        each.context.close()


@pytest.mark.parametrize(
    ("size", "scheme", "language"),
    [
        ("phone", "light", "id"),
        ("phone", "dark", "en"),
        ("desk", "light", "id"),
        ("desk", "dark", "en"),
        ("wall", "dark", "id"),
        ("big", "light", "id"),
    ],
)
def test_the_design_page_fits_and_complains_about_nothing(
    screen: Any, size: str, scheme: str, language: str
) -> None:
    shown = screen(size, scheme, language)
    shown.open("/design")
    assert shown.page.evaluate("document.querySelector('[data-map]').dataset.drawn") == "yes"
    width = SIZES[size][0]
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.complaints == []
    shown.keep(f"design-{size}-{scheme}-{language}", full=size in ("phone", "desk"))


@pytest.mark.parametrize("path", ["/design", "/sign-in"])
@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desk", "dark")])
def test_axe_finds_nothing(screen: Any, path: str, size: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    shown = screen(size, scheme)
    shown.open(path)
    found = axe.run(shown.page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    shown.keep(f"{path.strip('/')}-{size}-{scheme}-axe")


def test_the_map_is_really_drawn_and_its_states_differ(screen: Any) -> None:
    """A spot of each island: the two that are on time look alike, all others differ, and none is the sea."""
    shown = screen("desk", "light")
    shown.open("/design")
    box = shown.page.locator(".maplibregl-canvas").bounding_box()
    scale = (
        box["height"] - 48
    ) / 4.5  # pixels per degree: the map shows latitudes -5.0 to -0.5 with a margin

    def spot(lon: float, lat: float) -> bytes:
        x = box["x"] + box["width"] / 2 + (lon - 120.5) * scale
        y = box["y"] + box["height"] / 2 - (lat + 2.75) * scale
        picture: bytes = shown.page.screenshot(clip={"x": x, "y": y, "width": 8, "height": 8})
        return picture

    sea = spot(119.2, -1.0)
    north, east, middle, south, west = (spot(lon + 0.2, lat - 0.08) for _, (lon, lat), *_ in ISLANDS)
    assert north == middle
    assert len({sea, north, east, south, west}) == 5


def test_pointing_at_an_island_tells_what_it_is(screen: Any) -> None:
    shown = screen("desk", "light")
    shown.open("/design")
    box = shown.page.locator(".maplibregl-canvas").bounding_box()
    shown.page.mouse.move(box["x"] + box["width"] / 2 + 5, box["y"] + box["height"] * 0.52)
    told = shown.page.locator(".map__told")
    told.wait_for(state="visible")
    assert "Pulau Tengah" in told.inner_text()
    assert "Tepat waktu · 988" in told.inner_text()


def test_a_machine_without_webgl_gets_the_same_map_as_svg(
    browser: Any, live_server: Any, screen: Any
) -> None:
    shown = screen("desk", "light")
    shown.context.add_init_script(
        "const real = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
        "  return kind === 'webgl2' ? null : real.call(this, kind, ...more); };"
    )
    shown.open("/design")
    assert (
        shown.page.locator(".map__canvas svg a .map-area.state--late").count() == 2
    )  # an island and a point
    assert shown.complaints == []
    shown.keep("design-desk-svg-map")


def test_on_a_phone_the_rail_is_a_bar_that_opens(screen: Any) -> None:
    shown = screen("phone", "dark")
    shown.open("/design")
    rail = shown.page.locator("#rail")
    assert not rail.is_visible()
    shown.page.locator("#rail-bar").click()
    assert rail.is_visible()
    shown.keep("design-phone-rail")
    rail.get_by_role("button", name="Tutup").click()
    assert not rail.is_visible()


def test_on_a_desk_the_rail_stays_while_the_page_moves(screen: Any) -> None:
    shown = screen("desk", "light")
    shown.open("/design")
    before = shown.page.locator("#rail-title").bounding_box()["y"]
    shown.page.evaluate("window.scrollTo(0, 2000)")
    assert shown.page.locator("#rail-title").bounding_box()["y"] <= before
    assert shown.page.locator("#rail-title").is_visible()


def test_the_clock_of_an_exercise_runs_on_the_page(screen: Any) -> None:
    noon = datetime(2024, 2, 13, 5, tzinfo=UTC)
    Exercise.objects.create(
        name="Gladi", seed=1, sim_at=noon, real_at=datetime.now(UTC), speed=600, token="t"
    )
    shown = screen("desk", "light")
    shown.open("/sign-in")
    assert "LATIHAN / EXERCISE" in shown.page.locator("#exercise").inner_text()
    first = shown.page.locator("[data-clock]").inner_text()
    shown.wait(f"document.querySelector('[data-clock]').textContent !== '{first}'")
    shown.keep("sign-in-exercise")


def test_the_theme_and_the_language_switch_without_a_script(browser: Any, live_server: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/sign-in")
    page.get_by_role("button", name="Malam").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.get_by_role("button", name="EN").click()
    page.get_by_role("button", name="Sign in").wait_for()
    context.close()


def test_printing_leaves_out_what_paper_cannot_press(screen: Any) -> None:
    shown = screen("desk", "dark")
    shown.open("/design")
    shown.page.emulate_media(media="print")
    assert not shown.page.locator(".top__tools").is_visible()
    assert not shown.page.locator("#rail").is_visible()
    assert shown.page.locator("#districts caption").is_visible()
    shown.keep("design-print", full=True)
