"""The public page /verify in a real browser over a real hub: loaded once, then without network.

Screenshots go to build/screens/.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import segno

from kawal.rules.ledger import slip
from tests.desk.browsing import MARKS, ROOT, browser_of, hub_of, picture

WAIT_S = 60
SIZES = {"phone": (390, 844), "wall": (2560, 1440)}
CASES = {
    case["name"]: case for case in json.loads((ROOT / "vectors" / "receipts.json").read_text())["receipts"]
}
WHOLE = CASES["whole"]
# The camera's picture: 1280 x 720, each code for two seconds.
WIDTH, HEIGHT, FRAMES_PER_S = 1280, 720, 5

pytestmark = MARKS


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with hub_of("tests.desk.report.page_hub", tmp_path_factory.mktemp("home")) as told:
        yield told


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    film = tmp_path_factory.mktemp("camera") / "slip.y4m"
    write_film(film, slip.parts(WHOLE["receipt"]))
    with browser_of(
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ) as started:
        yield started


class Verify:
    """The page, ready and cut off from the network."""

    def __init__(self, browser: Any, hub: dict[str, Any], size: str, scheme: str, language: str) -> None:
        width, height = SIZES[size]
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, base_url=hub["url"]
        )
        self.context.add_cookies([{"name": "django_language", "value": language, "url": hub["url"]}])
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type == "error" else None
        )
        self.page.goto("/verify")
        self.page.locator("form[data-ready=yes]").wait_for(timeout=WAIT_S * 1000)
        self.context.set_offline(True)

    def trust(self, policy: str) -> None:
        self.page.locator("#trust").evaluate("details => { details.open = true; }")
        self.page.locator("#policy").fill(policy)

    def check(self, receipt: str) -> tuple[str, str]:
        self.page.locator("#receipt").fill(receipt)
        self.page.locator("#verify .button--main").click()
        return self.verdict()

    def verdict(self) -> tuple[str, str]:
        """Kind of the notice, and all that stands above the form."""
        shown = self.page.locator("#verdict .notice:visible")
        shown.wait_for(timeout=WAIT_S * 1000)
        return shown.get_attribute("id").removeprefix("verdict-"), self.page.locator("#verdict").inner_text()


@pytest.fixture
def verify(browser: Any, hub: dict[str, Any]) -> Iterator[Any]:
    opened: list[Verify] = []

    def make(size: str = "phone", scheme: str = "light", language: str = "en") -> Verify:
        opened.append(Verify(browser, hub, size, scheme, language))
        return opened[-1]

    yield make
    for each in opened:
        each.context.close()


def test_a_receipt_is_checked_without_network_and_the_first_wrong_thing_is_named(verify: Any) -> None:
    here = verify()
    here.trust(WHOLE["policy"])
    kind, text = here.check(WHOLE["receipt"])
    assert (kind, "The receipt holds." in text) == ("done", True)
    for told in (
        "offered",
        "GDG-16.07",
        "6 of a log of 7",
        "kawal.example/log/2029",
        "Cosigned by a",
        "WIB",
        "100000000 – 100000001",
    ):
        assert told in text, told
    for name, words in {
        "another entry": "does not stand in the log at this place",
        "a forgery that stands in the log": "A signature does not hold",
        "another key": "not the one that the event names",
        "a key of small order": "can be nobody's",
        "an unknown field": "does not bring its event along",
    }.items():
        kind, text = here.check(CASES[name]["receipt"])
        assert kind == "error" and words in text, (name, text)
        assert "offered" not in text, "what was proven before stands beside what is wrong"
    line = WHOLE["receipt"].index("\nindex")
    kind, text = here.check(WHOLE["receipt"][:line].replace("extra ", "extra A") + WHOLE["receipt"][line:])
    assert (kind, "tlog-proof" in text or "bring its event" in text) == ("error", True)
    assert "Paste a receipt" in here.check(" ")[1]
    assert here.complaints == []


def test_trust_comes_from_the_keys_that_the_reader_puts_in(verify: Any) -> None:
    here = verify()
    kind, text = here.check(WHOLE["receipt"])
    assert kind == "error" and "kawal.example/log/2029, which is not among those you trust" in text
    here.trust(WHOLE["policy"].replace("group two 2", "group two 3"))
    kind, text = here.check(WHOLE["receipt"])
    assert kind == "error" and "Cosigned by: a, b" in text
    here.trust(WHOLE["policy"].split("\n")[0].removeprefix("log "))
    kind, text = here.check(WHOLE["receipt"])
    assert (kind, "by the log's own word" in text) == ("stale", True)
    here.trust("log\n")
    kind, text = here.check(WHOLE["receipt"])
    assert kind == "error" and "Line 1 of the keys you trust" in text
    here.page.locator("[data-default]").click()
    assert here.page.locator("#verdict .notice:visible").count() == 0  # it was about other keys
    assert here.page.locator("#policy").input_value().startswith("log kawal.local/log/")


def test_a_receipt_without_its_event_proves_the_fingerprint(verify: Any) -> None:
    here = verify()
    here.trust(WHOLE["policy"])
    kind, text = here.check(CASES["the leaf hash only"]["receipt"])
    assert kind == "done" and "only the fingerprint" in text
    assert "statement about keys" in here.check(CASES["an entry that is no event"]["receipt"])[1]
    assert "was not checked" in here.check(CASES["without the key"]["receipt"])[1]


def test_a_printed_slip_is_read_from_its_photo_and_its_receipt_from_the_file(
    verify: Any, browser: Any, hub: dict[str, Any], tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": 1200, "height": 900}, base_url=hub["url"])
    page = context.new_page()
    page.goto(hub["link"])
    page.locator("main button").click()
    page.goto("/entry/0/slip")
    picture(page, "slip-desk", full_page=True)
    page.emulate_media(media="print")
    picture(page, "slip-print", full_page=True)
    page.emulate_media(media="screen")
    photo = tmp_path / "slip.png"
    page.locator(".slip").screenshot(path=photo)
    address = page.locator("main a[download]").get_attribute("href")
    receipt = context.request.get(address).text()
    context.close()

    here = verify()
    here.page.locator("#files").set_input_files(photo)
    kind, text = here.verdict()
    assert kind == "stale" and "packed" in text, text  # this hub has no witnesses
    assert "Signed by the device" in text
    file = tmp_path / "one.tlog-proof"
    file.write_text(receipt)
    here.page.locator("#files").set_input_files(file)
    assert here.verdict()[0] == "stale"
    blank = tmp_path / "blank.png"
    segno.make("https://example.id").save(str(blank), scale=5)
    here.page.locator("#files").set_input_files(blank)
    until = time.monotonic() + WAIT_S
    while "No code of a slip" not in here.page.locator("#verdict").inner_text():
        assert time.monotonic() < until
        time.sleep(0.05)
    assert here.complaints == []


def test_the_camera_reads_the_codes_of_a_slip_one_after_the_other(verify: Any) -> None:
    here = verify()
    here.trust(WHOLE["policy"])
    here.page.locator("[data-scan-button]").click()
    kind, text = here.verdict()
    assert (kind, "The receipt holds." in text) == ("done", True)
    assert here.complaints == []


@pytest.mark.parametrize(
    ("size", "scheme", "language"),
    [("phone", "light", "id"), ("phone", "dark", "en"), ("wall", "light", "en")],
)
def test_the_page_fits_its_screen_and_complains_about_nothing(
    verify: Any, size: str, scheme: str, language: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    here = verify(size, scheme, language)
    here.trust(WHOLE["policy"])
    for name in ("whole", "another entry", "the leaf hash only"):
        here.check(CASES[name]["receipt"])
        kept = f"verify-{name.replace(' ', '-')}-{size}-{scheme}-{language}"
        picture(here.page, kept, full_page=size == "phone")
        assert here.page.evaluate("document.documentElement.lang") == language
        assert here.page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
        found = axe.run(here.page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert here.complaints == []


def write_film(path: Path, parts: list[str]) -> None:
    """Each code for two seconds, black on white, as a phone's camera would see it."""
    grey = bytes([128]) * (WIDTH * HEIGHT // 2)
    frames = []
    for part in parts:
        code = segno.make(part, mode="alphanumeric", error="m", boost_error=False)
        rows = [[0 if dark else 255 for dark in row] for row in code.matrix_iter(scale=1, border=4)]
        scale = HEIGHT // len(rows)
        lines = [bytes(dark for dark in row for _ in range(scale)).ljust(WIDTH, b"\xff") for row in rows]
        picture = b"".join(line * scale for line in lines).ljust(WIDTH * HEIGHT, b"\xff")
        frames += [b"FRAME\n" + picture + grey] * (2 * FRAMES_PER_S)
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_PER_S}:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + b"".join(frames))
