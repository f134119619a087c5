"""Where the log stands: its size, its writer, and whether everybody's memory of it agrees with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kawal.desk.ledger import copies, keys, pen, reads, words
from kawal.desk.ledger.copies import Known
from kawal.desk.ledger.reads import StoredCheckpoint


@dataclass(frozen=True, slots=True)
class Standing:
    log: str  # vkey
    size: int
    signed: StoredCheckpoint | None
    writer: str  # empty: no hub runs
    known: tuple[Known, ...]  # signed heads that are remembered, and by whom
    silent: tuple[str, ...]  # witnesses that could not be asked
    barred: dict[str, Any] | None  # why nothing may be added or signed

    def plain(self) -> dict[str, object]:
        return {
            "log": self.log,
            "size": self.size,
            "signed_size": self.signed.size if self.signed else None,
            "writer": self.writer,
            "known": [{"source": one.source, "size": one.head.size} for one in self.known],
            "silent": list(self.silent),
            "barred": self.barred,
        }

    def lines(self) -> Iterator[str]:
        yield _("Log %(log)s") % {"log": self.log}
        signed = self.signed.size if self.signed else 0
        yield _("%(size)s entries, signed up to %(signed)s") % {"size": self.size, "signed": signed}
        yield _("Written by: %(writer)s") % {"writer": self.writer or _("nobody, no hub runs")}
        for one in self.known:
            yield _("%(source)s remembers %(size)s entries") % {"source": one.source, "size": one.head.size}
        for name in self.silent:
            yield _("The witness %(name)s does not answer") % {"name": name}
        if self.barred is not None:
            yield words.said(pen.refusal(self.barred))


def told() -> Standing:
    """Asks the witnesses too, some seconds at most."""
    heard = copies.heard()
    size, before = reads.size(), pen.stored_bar()
    return Standing(
        log=str(keys.verifier_key()),
        size=size,
        signed=reads.latest_checkpoint(),
        writer=pen.writer_name(),
        known=heard.known,
        silent=heard.silent,
        barred=copies.judged_by(heard, size, before),
    )
