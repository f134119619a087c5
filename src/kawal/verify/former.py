"""Old checkpoints of a log whose place this one took: does the successor stand by them?

The former log's entries follow on entry 0, so they make a tree of their own beside the log's.
"""

from __future__ import annotations

from collections.abc import Sequence

from kawal.rules.ledger import succession
from kawal.rules.ledger.growing import Growing
from kawal.rules.ledger.succession import Succession
from kawal.rules.refusals import Refused
from kawal.verify.broken import Broken
from kawal.verify.heads import SignedHead


class Former:
    """`kept`: heads that somebody kept and that are not of this log."""

    def __init__(self, kept: Sequence[SignedHead] = ()) -> None:
        self._kept = kept
        self._sizes = sorted({one.head.size for one in kept})
        self._grown = Growing(lambda place, hashes: None)
        self._roots: dict[int, bytes] = {}

    def add(self, start: int, leaf_hashes: Sequence[bytes], said: Succession | None) -> None:
        """Entries of this log from index `start` on; `said` is what entry 0 says, where it says so."""
        if start == 0 and said is not None and said.held >= said.former.size:
            self._sizes = sorted({*self._sizes, said.former.size})
        if said is None or not self._sizes or self._grown.size > self._sizes[-1]:
            return
        left = list(leaf_hashes[1:] if start == 0 else leaf_hashes)
        for size in self._sizes:
            room = size - self._grown.size
            if 0 <= room <= len(left):
                self._grown.add(left[:room])
                left = left[room:]
                self._roots[size] = self._grown.root()
        self._grown.add(left)

    def check(self, said: Succession | None) -> None:
        """Every entry is read. Raises Broken `former_contradicted` and `former_missing`; refuses
        `since_unusable` where this log takes the place of no such log."""
        if said is not None and self._roots.get(said.former.size, said.former.root) != said.former.root:
            raise Broken("former_contradicted", said.former.size, origin=said.former.origin)
        for one in self._kept:
            try:
                if said is None:
                    raise Refused("other_former")
                succession.kept(said, one.head, self._roots.get(one.head.size))
            except Refused as refused:
                if refused.code == "other_former":
                    raise Refused("since_unusable", detail="other_log", origin=one.head.origin) from None
                raise Broken(refused.code, one.head.size, signed=one.note, origin=one.head.origin) from None
