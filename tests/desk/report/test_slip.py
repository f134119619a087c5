"""The slip of an entry and the public page that checks it: what is told, to whom, and what the codes say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import segno
import zxingcpp
from django.test import Client

from kawal.desk.ledger import actions, keys
from kawal.desk.report import slips, verify_words, verifying
from kawal.desk.site import build
from kawal.home import home
from kawal.rules.ledger import policy, receipt, slip
from kawal.rules.ledger.policy import Log, Policy
from kawal.rules.signing import keys as signing
from kawal.rules.signing import note
from tests.desk.custody.told import record
from tests.rules.custody.stories import Cast

from . import world

ASSETS = Path(build.SITE) / "assets"
# Caught by the reader of something larger, which refuses with a code of its own.
WITHIN = {"bad_hex", "bad_number", "bad_base64", "bad_base45", "bad_event", "bad_vkey"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def logged() -> Cast:
    """A district's parcels packed and on their way, under a signed head."""
    world.put_areas()
    world.put_stations()
    world.compute_needs()
    told = world.cast()
    told.pack()
    told.out()
    record(told.story.events)
    actions.publish_checkpoint(now=told.story.now)
    return told


def page_of(index: int, officer: Client) -> str:
    answer = officer.get(f"/entry/{index}/slip")
    assert answer.status_code == 200
    return answer.content.decode()


def printed(text: str) -> list[str]:
    """What a scanner reads from the page's pictures, drawn as the page's paths tell."""
    seen = []
    for width, drawing in re.findall(
        r'viewBox="0 0 (\d+) \d+" class="slip__code".*?<path stroke="#000" d="([^"]+)"', text, flags=re.DOTALL
    ):
        pixels = _pixels(int(width), drawing)
        (found,) = zxingcpp.read_barcodes(pixels, formats=zxingcpp.BarcodeFormat.QRCode)
        seen.append(found.text)
    return seen


def _pixels(width: int, drawing: str, scale: int = 4) -> Any:
    rows = [[255] * width for _ in range(width)]
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", drawing):
        told = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if command == "M":
            x, y = told
        elif command == "m":
            x, y = x + told[0], y + told[1]
        else:
            for at in range(int(x), int(x + told[0])):
                rows[int(y)][at] = 0
            x += told[0]
    picture = b"".join(bytes(dark for dark in row for _ in range(scale)) * scale for row in rows)
    return memoryview(picture).cast("B", (width * scale, width * scale))


def test_the_printed_codes_are_the_receipt_of_the_entry(logged: Cast) -> None:
    officer = world.signed_in()
    for index in (0, 3):
        page = page_of(index, officer)
        text = slip.joined(printed(page))
        told, proven = receipt.checked(text, Policy(policy.NONE, (Log(keys.verifier_key()),)))
        assert told.entry is not None
        assert told.public_key is not None
        assert proven.head.size > index
        assert told.leaf_hash.hex() in page


def test_the_slip_has_no_style_of_its_own(logged: Cast) -> None:
    assert " style=" not in page_of(0, world.signed_in())


def test_the_entry_leads_to_its_slip_and_its_file(logged: Cast) -> None:
    entry = world.signed_in().get("/entry/0").content.decode()
    assert "/entry/0/slip" in entry
    (address,) = re.findall(r"/receipt/[0-9a-f]{64}\.tlog-proof", entry)
    assert Client().get(address).status_code == 200


def test_a_slip_is_for_those_who_may_see_the_entry(logged: Cast) -> None:
    assert Client().get("/entry/0/slip").status_code == 302
    elsewhere = world.signed_in("kpu/16.07.04")
    assert elsewhere.get("/entry/0/slip").status_code == 403


def test_an_event_too_large_for_paper_tells_its_fingerprint(
    logged: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slip, "_ROOM", 400)
    text = slip.joined(printed(page_of(0, world.signed_in())))
    told, _ = receipt.checked(text, Policy(policy.NONE, (Log(keys.verifier_key()),)))
    assert told.entry is None


def test_anybody_opens_the_page_that_checks_and_it_brings_the_keys_of_this_hub(client: Client) -> None:
    answer = client.get("/verify")
    assert answer.status_code == 200
    assert "'wasm-unsafe-eval'" in answer["Content-Security-Policy"]
    assert "unsafe-eval'" not in client.get("/sign-in")["Content-Security-Policy"]
    block = re.search(r'<script id="verify-told"[^>]*>(.*?)</script>', answer.content.decode(), re.DOTALL)
    assert block
    told = json.loads(block[1])
    assert policy.policy_in(told["policy"]).logs == (Log(keys.verifier_key()),)


def test_the_policy_of_this_hub_is_what_is_trusted_at_first() -> None:
    witness = note.VerifierKey("bawaslu.id/w", signing.public_bytes(signing.key_from_seed(b"w" * 32)), 4)
    path = home() / "policy"
    path.write_text(f"witness bawaslu {witness} http://10.0.0.7/\nquorum bawaslu\n")
    try:
        told = verifying.trusted_at_first()
    finally:
        path.unlink()
    read = policy.policy_in(told)
    assert "10.0.0.7" not in told
    assert (read.quorum, read.logs[0].key) == ("bawaslu", keys.verifier_key())


def test_every_code_that_the_page_may_refuse_with_has_words() -> None:
    scripts = [path for folder in ("proof", "verify") for path in (ASSETS / folder).glob("*.ts")]
    source = "".join(path.read_text() for path in scripts)
    codes = set(re.findall(r'new Refused\("([a-z0-9_]+)"', source)) | set(
        re.findall(r'orRefuse\(.*?, "([a-z0-9_]+)"', source)
    )
    assert len(codes) > 20
    assert codes - WITHIN <= set(verify_words.REFUSED)
    details = set(re.findall(r'this\.demand\(.*, "([a-z_]+)"\)|wrong\("([a-z_]+)", ', source))
    assert {first or second for first, second in details} <= set(verify_words.DETAILS)


def test_a_code_of_a_slip_is_at_most_version_25() -> None:
    svg = str(slips._svg("A" * slip.CHARACTERS_MAX, 1, 2))
    assert 'viewBox="0 0 125 125"' in svg
    assert segno.make("A" * slip.CHARACTERS_MAX, mode="alphanumeric", error="m").version == 25
