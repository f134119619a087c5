"""Pull a log, verify all of it, alarm or cosign: what a witness does that waits for nobody to ask.

Every entry is read, its signature checked, and the tree grown from the entries alone; a head is cosigned
only when the tree has its root and still begins with what was cosigned before. So the witness vouches for
what it has read, and its copy (`mirror`) can give the log back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Final

from kawal.posting import post
from kawal.rules.ledger import checkpoint, tiles, tree, witnessing
from kawal.rules.ledger.checkpoint import Head
from kawal.rules.refusals import Refused
from kawal.rules.signing import cose, note
from kawal.rules.signing.cose import Typ
from kawal.rules.signing.note import NOTE_BYTES_MAX, VerifierKey
from kawal.verify.broken import Broken
from kawal.verify.keyring import Keyring
from kawal.verify.looking import look
from kawal.verify.source import Log
from kawal.verify.web import Limits, Web
from kawal.witness import cosigning
from kawal.witness.mirror import Mirror
from kawal.witness.state import Evidence, State

PATIENCE_S: Final = 3.0  # a cache on the way may show a head for two seconds after the next one
HANDS_OVER_S: Final = 10.0
_TAKEN: Final = {200: "kept", 403: "not_in_policy", 404: "not_taken", 405: "not_taken", 501: "not_taken"}
_LIMITS: Final = Limits(silence_s=10.0, resource_s=60.0, tries=3)
_UNKNOWN_MAX: Final = 10_000  # entries by devices that nobody vouches for yet: more are not kept in mind
_KID: Final = slice(8, 16)  # of an event's envelope (signing.cose)


class Alarm(Exception):
    """The log did what no log may do; it is not cosigned. `code` is one of words.ALARMS."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code, self.facts = code, facts
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at the log that found nothing wrong."""

    origin: str
    size: int
    new: int  # entries since the look before
    cosigned: bool  # a new head
    handed_over: str  # how the log took the cosignature: a word, empty where there was none to bring
    unvouched: int  # entries by devices that no certificate in the log vouches for


@dataclass(slots=True)
class Watch:
    """Looks at the log below an address. `pinned`: the issuers' keys by agency, where they are known; then an
    entry that they do not vouch for is an alarm."""

    state: State
    url: str
    now_s: Callable[[], int]
    pause: Callable[[float], object]
    token: str = ""
    pinned: Mapping[str, Collection[bytes]] | None = None
    origin: str = ""  # known after the first look
    _published: int = 0
    _keyring: Keyring | None = None
    _unknown: dict[int, bytes] = field(default_factory=dict)  # index: kid

    def look(self) -> Seen:
        """Raises Alarm. Refuses as `verify.web` does where the log does not answer, and `log_unknown`."""
        try:
            return self._look()
        except Alarm as alarm:
            self.state.keep_alarm(self.origin, alarm.code, alarm.facts, now_s=self.now_s())
            raise

    def _look(self) -> Seen:
        web = Web(self.url, token=self.token, limits=_LIMITS)
        head, signed_note, published = self._newest(web)
        mirror = Mirror(self.state, self.origin)
        self._check_remembered(mirror, head, signed_note)
        before = mirror.held.checked
        self._pull(web, mirror, head)
        self._check_tree(web, mirror, head, signed_note)
        self._check_devices(mirror)
        mirror.check_off(head.size, signed_note, private=bool(self.token))
        self._published = published
        cosigned = self._cosign(mirror, head, signed_note)
        return Seen(
            origin=self.origin, size=head.size, new=head.size - before, cosigned=cosigned,
            handed_over=self._hand_over(signed_note), unvouched=len(self._unknown),
        )  # fmt: skip

    def _newest(self, web: Web) -> tuple[Head, str, int]:
        """The newest head that the log signed, and the size that it has published; where it went back it is
        asked once more before the alarm."""
        for patience_s in (PATIENCE_S, 0.0):
            published, signed = self._head(web, "checkpoint"), self._head(web, "witness/checkpoint")
            found = [one for one in (published, signed) if one is not None]
            if not found:
                raise Refused("source_missing", path="checkpoint")
            head, signed_note = max(found, key=lambda one: one[0].size)
            last = self.state.last(self.origin)
            remembered = max(last.head.size if last else 0, self._published)
            shown = published[0].size if published else 0
            if head.size >= remembered and shown >= self._published:
                return head, signed_note, shown
            self._check_remembered(Mirror(self.state, self.origin), head, signed_note)
            if patience_s:
                self.pause(patience_s)
        raise Alarm("rolled_back", size=min(head.size, shown), remembered=remembered)

    def _head(self, web: Web, path: str) -> tuple[Head, str] | None:
        """A head that the log signed; none where there is nothing: not every log shows unpublished heads."""
        try:
            told = web.read(path, NOTE_BYTES_MAX).decode()
        except UnicodeDecodeError:
            raise Alarm("checkpoint_unreadable", detail="not UTF-8") from None
        except Refused as refused:
            if refused.code == "source_missing":
                return None
            raise
        try:
            parsed = note.parsed(told)
            head = checkpoint.head_in(parsed.text)
        except Refused as refused:
            raise Alarm("checkpoint_unreadable", detail=str(refused)) from None
        keys = self._keys(head.origin)
        try:
            note.check(parsed, keys)
        except Refused as refused:
            raise Alarm("checkpoint_unsigned", origin=head.origin, detail=refused.code) from None
        return head, told

    def _keys(self, origin: str) -> list[VerifierKey]:
        keys = self.state.logs().get(origin, [])
        if not keys and not self.origin:
            raise Refused("log_unknown", origin=origin)
        if self.origin not in ("", origin):
            raise Alarm("another_log", origin=origin, before=self.origin)
        self.origin = origin
        return keys

    def _check_remembered(self, mirror: Mirror, head: Head, signed_note: str) -> None:
        """Raises Alarm `forked` where the log signed another root for a size that we know."""
        last, held = self.state.last(self.origin), mirror.held
        known = None
        if last is not None and last.head.size == head.size:
            known = last.head.root
        elif head.size <= held.checked:
            known = mirror.root(head.size)
        if known is not None and known != head.root:
            raise self._forked(head, signed_note)

    def _pull(self, web: Web, mirror: Mirror, head: Head) -> None:
        keyring = self._keys_of_devices(mirror)
        if mirror.held.pulled > head.size:
            mirror.cut_off()
        pulled = mirror.held.pulled
        if pulled >= head.size:
            return
        for number, bundle in Log(web).bundles(pulled // tiles.WIDTH, head.size):
            start = max(pulled, number * tiles.WIDTH)
            entries = bundle[start - number * tiles.WIDTH :]
            try:
                self._check_entries(keyring, start, entries)
            except Broken as broken:
                mirror.cut_off()
                self._keyring = None
                facts = {"reason": broken.code, "index": broken.index, **broken.facts}
                raise Alarm("entry_broken", **facts) from None
            mirror.add(entries)

    def _check_entries(self, keyring: Keyring, start: int, entries: list[bytes]) -> None:
        """Raises Broken."""
        keyring.read(start, entries)
        seen = look(start, entries, keyring.known({entry[_KID] for entry in entries}), None)
        if seen.wrong is not None:
            code, index, facts = seen.wrong
            raise Broken(code, index, **facts)
        self._remember({index: entries[index - start][_KID] for index in seen.unknown})

    def _remember(self, unknown: dict[int, bytes]) -> None:
        room = _UNKNOWN_MAX - len(self._unknown)
        self._unknown |= dict(islice(unknown.items(), room))

    def _keys_of_devices(self, mirror: Mirror) -> Keyring:
        """What the log says of devices up to here; read again from the copy when the watch starts anew."""
        if self._keyring is None:
            log_keys = [key.public_key for key in self.state.logs().get(self.origin, ())]
            self._keyring = Keyring(self.origin, log_keys=log_keys, pinned=self.pinned)
            self._unknown.clear()
            held = mirror.held
            for number in range(-(-held.pulled // tiles.WIDTH)):
                start, entries = number * tiles.WIDTH, mirror.entries(number)
                self._keyring.read(start, entries)
                known = self._keyring.known({entry[_KID] for entry in entries})
                self._remember({
                    index: entry[_KID]
                    for index, entry in enumerate(entries, start)
                    if entry[_KID] not in known and cose.typ_of(entry) is Typ.EVENT
                })  # fmt: skip
        return self._keyring

    def _check_tree(self, web: Web, mirror: Mirror, head: Head, signed_note: str) -> None:
        """The entries are those of the head, and begin with what was cosigned."""
        last = self.state.last(self.origin)
        is_head = mirror.root(head.size) == head.root
        begins = last is None or last.head.size > head.size or mirror.root(last.head.size) == last.head.root
        if is_head and begins:
            return
        mirror.cut_off()
        self._keyring = None
        if is_head or self._tells_another_past(web, head):
            raise self._forked(head, signed_note)
        raise Alarm("root_differs", size=head.size)

    def _tells_another_past(self, web: Web, head: Head) -> bool:
        """Whether the tiles that the log shows lead to its new head, but not from the one we cosigned."""
        last = self.state.last(self.origin)
        if last is None or last.head.size > head.size:
            return False
        shown = tiles.subtree_of(cache(Log(web).tile_of(head.size)))
        try:
            is_head = tree.root_of(head.size, shown) == head.root
            return is_head and tree.root_of(last.head.size, shown) != last.head.root
        except Refused:
            return False

    def _check_devices(self, mirror: Mirror) -> None:
        """Every entry is by a device that somebody vouches for, where it is known who may."""
        for index, kid in list(self._unknown.items()):
            public_key = self._keys_of_devices(mirror).known([kid]).get(kid)
            if public_key is not None:  # its certificate came later in the log
                entry = mirror.entries(index // tiles.WIDTH)[index % tiles.WIDTH]
                if look(index, [entry], {kid: public_key}, None).wrong:
                    raise Alarm("entry_broken", reason="signature_bad", index=index, kid=kid.hex())
                del self._unknown[index]
        if self._unknown and self.pinned is not None:
            index, kid = next(iter(self._unknown.items()))
            raise Alarm("entry_broken", reason="device_unknown", index=index, kid=kid.hex())

    def _cosign(self, mirror: Mirror, head: Head, signed_note: str) -> bool:
        last = self.state.last(self.origin)
        if last is not None and last.head.size >= head.size:
            return False
        old = last.head.size if last else 0
        proof = tree.prove_consistency(old, head.size, tiles.subtree_of(mirror.tile))
        try:
            cosigning.cosign(
                self.state, witnessing.Request(old, tuple(proof), signed_note), now_s=self.now_s()
            )
        except Refused as refused:
            if refused.code != "wrong_old_size":  # the log asked us by itself meanwhile
                raise
            return False
        return True

    def _hand_over(self, signed_note: str) -> str:
        """Bring our line to the log where it does not show it yet; not every log of the format takes it."""
        last = self.state.last(self.origin)
        ours = self.state.verifier_key
        shown = {(line.name, line.key_id) for line in note.parsed(signed_note).signatures}
        if last is None or (ours.name, ours.key_id) in shown or not signed_note.startswith(_text(last.note)):
            return ""
        try:
            answer = post(
                self.url.rstrip("/") + "/add-cosignature", last.note.encode(), silence_s=HANDS_OVER_S
            )
        except OSError:
            return "unreachable"
        return _TAKEN.get(answer.status, "refused")

    def _forked(self, head: Head, signed_note: str) -> Alarm:
        """Two signed heads that cannot both be: kept as evidence."""
        last = self.state.last(self.origin)
        found = Evidence(self.origin, "root_differs", signed_note.encode(), self.now_s())
        self.state.keep_evidence(found, checkpoint.text(head))
        return Alarm("forked", size=head.size, root=head.root.hex(), cosigned=last.head.size if last else 0)


def _text(signed_note: str) -> str:
    return signed_note.rpartition("\n\n")[0] + "\n\n"
