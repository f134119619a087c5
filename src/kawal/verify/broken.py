"""What does not hold: a code, the index of the entry or the size of the head that it is about, and facts.

Broken proof, not a finding: findings are about the world and are part of a whole record.
"""

from __future__ import annotations

from typing import Final

CODES: Final = (
    "checkpoint_unsigned",  # not signed by the log that the policy names
    "checkpoint_unreadable",
    "quorum_missing",  # too few of the policy's witnesses cosigned
    "log_shrunk",  # smaller than a head that was signed before
    "log_forked",  # does not begin with what an old checkpoint was signed for
    "entry_missing",
    "entry_unreadable",
    "device_unknown",
    "signature_bad",
    "tile_changed",
    "root_differs",  # entries are not those that a head was signed for
    "archive_mixed",  # parts of different logs or sizes
    "former_contradicted",  # the log whose place it took had another history
    "former_missing",  # and entries that were signed there do not follow here
    "told_unsigned",  # what the hub tells is not signed by the log
    "told_changed",  # and is not what it signed
)


class Broken(Exception):
    def __init__(self, code: str, index: int, **facts: object) -> None:
        if code not in CODES:
            raise ValueError(code)
        self.code, self.index, self.facts = code, index, facts
        super().__init__(f"{code} {index}")
