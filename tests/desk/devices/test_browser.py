"""The pages of devices in a real browser: looked at, without a complaint; the code can be scanned."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest

from tests.desk.browsing import MARKS, hub_of, picture
from tests.desk.watch.test_pages_browser import (
    look,  # noqa: F401 - fixtures
    signed_in,  # noqa: F401
)

PAGES = {
    "devices": "/devices/kpu/16.07.03",
    "devices-add": "/devices/kpu/16.07.03/add",
    "devices-own": "/devices/kpu/16.07",
    "device": "/device/{device}",
    "device-revoke": "/device/{forked}/revoke",
    "device-renew": "/device/{forked}/renew",
    "device-proof": "/device/{forked}/proof",
}

pytestmark = MARKS


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with hub_of("tests.desk.devices.page_hub", tmp_path_factory.mktemp("home")) as told:
        yield told


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_screen_and_complains_about_nothing(
    name: str,
    look: Any,  # noqa: F811
    hub: dict[str, Any],
) -> None:
    page, width, looks = look
    _visited(page, hub["url"] + PAGES[name].format(**hub), width, f"{name}-{looks}")


def test_the_code_of_a_new_device_can_be_scanned_and_read(look: Any, hub: dict[str, Any]) -> None:  # noqa: F811
    zxing, image = pytest.importorskip("zxingcpp"), pytest.importorskip("PIL.Image")
    page, width, looks = look
    page.goto(hub["url"] + PAGES["devices-add"])
    page.locator("main button.button--main").click()
    page.locator("#digits").wait_for()  # a picture taken while the next page comes is none
    _judged(page, width, f"devices-code-{looks}")
    picture = image.open(io.BytesIO(page.locator("main img").screenshot()))
    (read,) = zxing.read_barcodes(picture)
    digits = page.locator("#digits").inner_text().replace(" ", "")
    assert read.text == f"{hub['url']}/enrol#{digits}"


def _visited(page: Any, url: str, width: int, name: str) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    assert page.goto(url).status == 200
    _judged(page, width, name)
    assert complaints == []


def _judged(page: Any, width: int, name: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    picture(page, name)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = axe.run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
