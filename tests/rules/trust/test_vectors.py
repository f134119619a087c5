"""The golden bytes that Python and JavaScript must judge alike (vectors/trust.json)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kawal.rules.refusals import Refused
from kawal.rules.trust import requests
from kawal.rules.trust.register import Register

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "trust.json").read_text())


@pytest.mark.parametrize("case", VECTORS["logs"], ids=lambda case: case["name"])
def test_a_log_s_statements_add_up_as_written_down(case: dict[str, Any]) -> None:
    pinned = {
        agency: [bytes.fromhex(key) for key in known] for agency, known in case.get("pinned", {}).items()
    }
    register = Register(case["log"], pinned)
    for entry in case["entries"]:
        try:
            register.tell(entry["index"], bytes.fromhex(entry["signed"]))
        except Refused as refused:
            assert refused.code == entry.get("refused")
        else:
            assert "refused" not in entry
    issuers = [(one.kid.hex(), one.agency, one.endorsed, one.ended_at) for one in register.issuers()]
    assert issuers == [tuple(one.values()) for one in case["issuers"]]
    assert [_told(register, one["kid"]) for one in case["devices"]] == case["devices"]
    assert len(register.devices()) == len(case["devices"])


def _told(register: Register, kid: str) -> dict[str, Any]:
    device, trust = register.device(bytes.fromhex(kid)), register.trust(bytes.fromhex(kid))
    assert device is not None
    return {
        "kid": device.kid.hex(),
        "public_key": device.public_key.hex(),
        "post": device.post,
        "role": device.role.name.lower(),
        "valid_to_s": device.valid_to_s,
        "counts_from": trust.counts_from,
        "revoked_from": trust.revoked_from,
        "lapses": [list(lapse) for lapse in trust.lapses],
        "vouched": sorted(event_id.hex() for event_id in trust.vouched),
    }


@pytest.mark.parametrize("case", VECTORS["requests"], ids=lambda case: case["name"])
def test_requests_are_judged_as_written_down(case: dict[str, Any]) -> None:
    signed = bytes.fromhex(case["signed"])
    if "refused" in case:
        with pytest.raises(Refused) as refused:
            requests.checked(signed, case["log"])
        assert refused.value.code == case["refused"]
        return
    request = requests.checked(signed, case["log"])
    assert (type(request).__name__.lower(), request.public_key.hex()) == (case["ask"], case["public_key"])
