"""Which events do not count, kept as rows: worked out anew for those devices on which a batch throws light.

The rule is `rules.custody.doubts`, a function of all events and statements. Almost all devices are beyond
doubt, and then this costs a few empty queries a batch. For the others, it is asked again when they tell
something, when an issuer says something about them, when their chain turns out to be forked, and when
somebody names an event of theirs. An event that is in doubt stays so; only whether it counts may change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from kawal.desk.custody import tellings
from kawal.desk.custody.models import EventDoubt, EventLink, EventRef, Fork
from kawal.desk.custody.rows import Pending, chunks
from kawal.desk.trust import reads as trust
from kawal.rules.custody import doubts as rules
from kawal.rules.custody.doubts import Doubt, Placed, names_of, placed
from kawal.rules.custody.findings import Finding
from kawal.rules.custody.told import Told
from kawal.rules.trust.register import KeyTrust, Why
from kawal.rules.trust.statements import Certificate, Revocation, Statement

_AT_ONCE = 400
_INDEX_BYTES = 8
_KINDS = ("untrusted", "late_pre_revocation", "late_after_end")


@dataclass(slots=True)
class Doubting:
    """What is doubted once a batch is told. `changed`: earlier events that count now, or no longer."""

    told: Sequence[Told]
    before: int  # log index up to which statements are heard
    forks: dict[bytes, int]  # kid -> number from which its chain is forked, as far as it is known
    in_doubt: set[bytes]  # devices
    fresh: dict[bytes, Told] = field(default_factory=dict)
    changed: list[Told] = field(default_factory=list)
    _known: dict[bytes, Doubt] = field(default_factory=dict)
    _loaded: set[bytes] = field(default_factory=set)
    _rows: list[tuple[int, bytes, str, str, bool]] = field(default_factory=list)
    _new_forks: dict[bytes, int] = field(default_factory=dict)

    def known(self, kids: Iterable[bytes]) -> Mapping[bytes, Doubt]:
        """Doubts about events, with all that concern these devices."""
        missing = (self.in_doubt & set(kids)) - self._loaded if self.in_doubt else None
        if missing:
            self._known.update(stored(missing))
            self._loaded |= missing
        return self._known

    def counting_at_once(self) -> list[Told]:
        """The events of the batch that were told by a key in force: nobody had to vouch for them."""
        kids = self.in_doubt & {one.kid for one in self.told}
        if not kids:
            return list(self.told)
        trusts = trust.trust_of(kids, self.before)
        return [one for one in self.told if one.kid not in kids or not trusts[one.kid].why_not(one.index)]

    def findings(self) -> list[tuple[Told, Finding]]:
        """About events that came into doubt, or of which it changed whether they count."""
        told = [one for one in self.told if one.id in self._known] + self.changed
        found = ((one, rules.finding_of(one.id, one.kid, self._known[one.id])) for one in told)
        return [(one, finding) for one, finding in found if finding is not None]

    def keys(self) -> set[str]:
        """Of all findings that were judged anew."""
        return {Finding(kind, one.id.hex()[:16]).key(None) for one in self.changed for kind in _KINDS}

    def keep(self, pending: Pending) -> None:
        refs = [
            (ref + one.index.to_bytes(_INDEX_BYTES, "big"),)
            for one in self.told
            for ref in set(one.event.refs) - {one.event.offer}
        ]
        pending.insert_once(EventRef, refs)
        pending.upsert(Fork, [(kid.hex(), seq) for kid, seq in self._new_forks.items()])
        pending.upsert(EventDoubt, self._rows)

    def judge(self, kids: Collection[bytes]) -> None:
        """Work out anew what is doubted of these devices' events."""
        self._loaded |= set(kids)
        chains = self._chains(kids)
        trusts = _trust_of(trust.trust_of(kids, self.before))
        in_doubt = rules.doubts(chains.values(), trusts)
        vouchers = self._naming(in_doubt)
        forked = self.forks.keys() & {link.kid for link in vouchers} - set(kids)
        links = self._chains(forked) | chains | {link.id: link for link in vouchers}
        heard = trust.trust_of({link.kid for link in links.values()}, self.before)
        judged = rules.doubts(links.values(), _trust_of(heard))
        before = stored(kids)
        news = {
            event_id: doubt
            for event_id, doubt in judged.items()
            if event_id in chains and before.get(event_id) != doubt
        }
        self._known |= {event_id: doubt for event_id, doubt in judged.items() if event_id in chains}
        self._rows += [
            (chains[event_id].log_index, event_id, chains[event_id].kid.hex(), str(doubt.why), doubt.counts)
            for event_id, doubt in news.items()
        ]
        earlier = [chains[event_id].log_index for event_id in news if event_id not in self.fresh]
        self.changed += tellings.from_log(earlier).values()

    def _chains(self, kids: Collection[bytes]) -> dict[bytes, Placed]:
        """All that these devices told, without whom they name."""
        found: dict[bytes, Placed] = {}
        for some in chunks(sorted(kid.hex() for kid in kids), _AT_ONCE):
            rows = EventLink.objects.filter(kid__in=some)
            for index, kid, seq, event_id, prev in rows.values_list(
                "entry_index", "kid", "seq", "event_id", "prev"
            ):
                before = None if prev is None else bytes(prev)
                link = Placed(index, bytes.fromhex(kid), seq, bytes(event_id), before)
                found[link.id] = link
        return found | {one.id: placed(one) for one in self.told if one.kid in kids}

    def _naming(self, event_ids: Collection[bytes]) -> list[Placed]:
        """The events that name one of these."""
        indexes = _naming(event_ids)
        fresh = [one for one in self.told if not {*names_of(one.event)}.isdisjoint(event_ids)]
        earlier = tellings.from_log(indexes - {one.index for one in fresh}).values()
        return [placed(one) for one in (*earlier, *fresh)]


def doubting(
    told: Sequence[Told], said: Sequence[Statement], forks: Iterable[Finding], *, before: int
) -> Doubting:
    """`said`: the statements of the batch; `forks`: findings about chains around it."""
    known = {bytes.fromhex(kid): seq for kid, seq in Fork.objects.values_list("kid", "seq")}
    news: dict[bytes, int] = {}
    for finding in forks:
        kid, seq = bytes.fromhex(str(finding.facts["device"])), int(str(finding.facts["seq"]))
        if seq < min(known.get(kid, seq + 1), news.get(kid, seq + 1)):
            news[kid] = seq
    in_doubt = trust.doubted(before) | known.keys() | news.keys()
    made = Doubting(told, before, known | news, in_doubt, {one.id: one for one in told}, _new_forks=news)
    if in_doubt:
        speaking = {one.kid for one in told} | _about(said)
        made.judge((in_doubt & speaking) | news.keys() | _named_by(told) | _named_by(_told_by(news)))
    return made


def stored(kids: Collection[bytes]) -> dict[bytes, Doubt]:
    """Doubts about events of these devices, by id, as the tables have them."""
    found: dict[bytes, Doubt] = {}
    for some in chunks(sorted(kid.hex() for kid in kids), _AT_ONCE):
        rows = EventDoubt.objects.filter(kid__in=some).values_list("event_id", "why", "counts")
        found.update((bytes(event_id), Doubt(Why(why), counts)) for event_id, why, counts in rows)
    return found


def uncounted(event_ids: Collection[bytes]) -> dict[bytes, str]:
    """Why those of these events do not count for which nobody vouches, by id."""
    found: dict[bytes, str] = {}
    for some in chunks(sorted(event_ids), _AT_ONCE):
        rows = EventDoubt.objects.filter(event_id__in=some, counts=False).values_list("event_id", "why")
        found.update((bytes(event_id), why) for event_id, why in rows)
    return found


def _about(said: Iterable[Statement]) -> set[bytes]:
    return {one.kid for one in said if isinstance(one, Certificate | Revocation)}


def _named_by(told: Iterable[Told]) -> set[bytes]:
    """Devices whose doubted events are named by these."""
    names = {name for one in told for name in names_of(one.event)}
    found: set[bytes] = set()
    for some in chunks(sorted(names), _AT_ONCE):
        kids = EventDoubt.objects.filter(event_id__in=some).values_list("kid", flat=True)
        found.update(bytes.fromhex(kid) for kid in kids)
    return found


def _told_by(kids: Collection[bytes]) -> Iterable[Told]:
    indexes = EventLink.objects.filter(kid__in=[kid.hex() for kid in kids])
    return tellings.from_log(list(indexes.values_list("entry_index", flat=True))).values() if kids else ()


def _naming(event_ids: Collection[bytes]) -> set[int]:
    """Log indexes of the stored events that name one of these."""
    found: set[int] = set()
    for some in chunks(sorted(event_ids), _AT_ONCE):
        found.update(EventLink.objects.filter(offer__in=some).values_list("entry_index", flat=True))
    for few in chunks(sorted(event_ids), _AT_ONCE // 10):
        ranges = Q()
        for event_id in few:
            ends = event_id + bytes(_INDEX_BYTES), event_id + b"\xff" * _INDEX_BYTES
            ranges |= Q(key__range=ends)
        keys = EventRef.objects.filter(ranges).values_list("key", flat=True)
        found.update(int.from_bytes(bytes(key)[-_INDEX_BYTES:], "big") for key in keys)
    return found


def _trust_of(heard: Mapping[bytes, KeyTrust]) -> rules.TrustOf:
    return lambda kid: heard[kid]
