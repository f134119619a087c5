"""What the public page /verify needs from the hub: whom it trusts at first, and its words."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.utils.translation import get_language

from kawal.desk.custody.words import ACTS, INCIDENTS, PHASES
from kawal.desk.ledger import keys, policies
from kawal.desk.report.verify_words import DETAILS, REFUSED, SAID
from kawal.rules.ledger import policy
from kawal.rules.ledger.policy import Log, Policy
from kawal.rules.refusals import Refused


def trusted_at_first() -> str:
    """This hub's policy file with its own log in it; the reader may put another in its place.

    Without addresses: who checks needs none, and those of witnesses may be of an inner network.
    """
    try:
        installed = policies.installed()
    except Refused:  # the operator is told elsewhere; a receipt can be checked against the log alone
        installed = Policy(policy.NONE)
    logs = installed.logs or (Log(keys.verifier_key()),)
    return policy.text(
        dataclasses.replace(
            installed,
            logs=tuple(dataclasses.replace(log, url=None) for log in logs),
            witnesses=tuple(dataclasses.replace(witness, url=None) for witness in installed.witnesses),
        )
    )


def told() -> dict[str, Any]:
    """For the page's script, in the page's language."""
    return {
        "language": get_language() or "id",
        "policy": trusted_at_first(),
        "refused": {code: str(words) for code, words in REFUSED.items()},
        "details": {code: str(words) for code, words in DETAILS.items()},
        "said": {key: str(words) for key, words in SAID.items()},
        "acts": {act.name.lower(): str(words) for act, words in ACTS.items()},
        "kinds": {kind: str(words) for kind, words in [*INCIDENTS.items(), *PHASES.items()]},
    }
