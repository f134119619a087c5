"""The golden bytes that Python and JavaScript must judge alike (vectors/signing.json)."""

import json
from pathlib import Path
from typing import Any

import pytest

from kawal.rules.custody import event
from kawal.rules.refusals import Refused
from kawal.rules.signing import cose
from kawal.rules.signing.hashes import leaf_hash

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "signing.json").read_text())


@pytest.mark.parametrize("case", VECTORS["signed"], ids=lambda case: case["name"])
def test_signed_bytes_are_judged_as_written_down(case: dict[str, Any]) -> None:
    signed, public_key = bytes.fromhex(case["signed"]), bytes.fromhex(case["public_key"])
    if "refused" in case:
        with pytest.raises(Refused) as refused:
            cose.check(cose.opened(signed), public_key)
        assert refused.value.code == case["refused"]
        return
    envelope = cose.opened(signed)
    cose.check(envelope, public_key)
    assert (envelope.kid.hex(), envelope.payload.hex()) == (case["kid"], case["payload"])
    assert leaf_hash(signed).hex() == case["id"]


@pytest.mark.parametrize("case", VECTORS["payloads"], ids=lambda case: case["name"])
def test_payloads_are_judged_as_written_down(case: dict[str, Any]) -> None:
    payload = bytes.fromhex(case["payload"])
    if "refused" in case:
        with pytest.raises(Refused) as refused:
            event.of(payload)
        assert (refused.value.code, refused.value.facts.get("field")) == (case["refused"], case.get("field"))
        return
    told = event.of(payload)
    assert {"act": told.act.name.lower(), "seq": told.seq} == case["event"]
    assert event.payload(told) == payload
