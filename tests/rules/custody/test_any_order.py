"""Whatever happens, and in whatever order it is told: the same set of events, the same standing."""

from __future__ import annotations

from dataclasses import asdict

from hypothesis import given, settings
from hypothesis import strategies as st

from kawal.rules.custody.event import Act, Mismatch
from kawal.rules.custody.facts import Fact, decoded, encoded
from kawal.rules.custody.findings import Finding
from kawal.rules.custody.holdings import Stretch
from kawal.rules.custody.standing import Standing, in_order, standing
from kawal.rules.custody.told import Verified
from kawal.rules.signing import codec
from tests.rules.custody.stories import (
    BOX,
    EXPECTED,
    GDG,
    NEW_SEALS,
    PPK,
    PPS,
    SEALS,
    STATION,
    Phone,
    Story,
    facts,
    line,
)

SITES = (GDG, PPK, PPS, STATION)
HOUR_MS = 3_600_000
_SEALS = st.sampled_from([SEALS, SEALS, SEALS, NEW_SEALS, ()])
_PHONE = st.integers(0, 4)


@st.composite
def stories_of_phones(draw: st.DrawFn) -> list[Verified]:
    """Five phones do as they like: honest steps, lies, forks, late entries; some events are lost."""
    story = Story()
    phones = [story.phone(name) for name in "abcde"]
    phones[0].tells(Act.PACKED, site=GDG, second=phones[1].kid, manifest=(line(BOX, (), 255),))
    for _ in range(draw(st.integers(0, 14))):
        _step(draw, story, phones)
    kept = draw(st.lists(st.booleans(), min_size=len(story.events), max_size=len(story.events)))
    told = [event for event, lost in zip(story.events, kept, strict=True) if not lost]
    return told or story.events[:1]


def stories() -> st.SearchStrategy[list[Fact]]:
    return stories_of_phones().map(facts).filter(bool)


def _step(draw: st.DrawFn, story: Story, phones: list[Phone]) -> None:
    who, whom = phones[draw(_PHONE)], phones[draw(_PHONE)]
    site = draw(st.sampled_from(SITES))
    seen = (line(BOX, draw(_SEALS)),)
    act = draw(
        st.sampled_from(["hand", "hand", "hand", "offer", "accept", "pack", "seal", "open", "check", "fork"])
    )
    now_ms = round(story.now.timestamp() * 1000)
    late = {
        "happened_ms": now_ms,
        "recorded_ms": now_ms + draw(st.sampled_from([0, 0, HOUR_MS, 30 * HOUR_MS])),
    }
    offers = [event for event in story.events if event.event.act is Act.OFFER]
    if act == "hand":
        story.handed(who, whom, site, seen)
    elif act == "offer":
        story.offered(who, whom, site, seen)
    elif act == "accept" and offers:
        why = draw(st.sampled_from([(), (), ((BOX, Mismatch.SHORT),), ((BOX, Mismatch.DAMAGED),)]))
        story.accepted(
            who, draw(st.sampled_from(offers)), site, draw(st.sampled_from([seen, ()])), exceptions=why
        )
    elif act == "pack":
        who.tells(Act.PACKED, site=site, second=whom.kid, manifest=(line(BOX, (), 255),), **late)
    elif act == "seal":
        who.tells(Act.SEALED, site=site, manifest=seen, **late)
    elif act == "open":
        who.tells(Act.OPENED, site=site, manifest=seen, **late)
    elif act == "check":
        refs = tuple(event.id for event in story.events[-1:])
        who.tells(Act.SEAL_CHECK, site=site, manifest=seen, refs=refs, **late)
    elif act == "fork":
        phones[phones.index(who)] = who.forked()
        who.tells(Act.SEAL_CHECK, site=site, manifest=seen)


def in_bytes(stands: Standing) -> bytes:
    return codec.encode(asdict(stands) | {"stage": int(stands.stage)})


@settings(max_examples=100, deadline=None)
@given(stories(), st.data())
def test_c4_any_order_any_repeats_and_any_batches_end_in_the_same_standing(
    told: list[Fact], data: st.DataObject
) -> None:
    again = told + data.draw(st.lists(st.sampled_from(told), max_size=8))
    shuffled = data.draw(st.permutations(again))
    cut = data.draw(st.integers(0, len(shuffled)))
    batches = encoded(shuffled[:cut]) + encoded(shuffled[cut:])
    assert in_bytes(standing(decoded(batches), EXPECTED)) == in_bytes(standing(told, EXPECTED))
    assert in_order(decoded(batches)) == in_order(told)


@settings(max_examples=100, deadline=None)
@given(stories(), st.data())
def test_c11_and_c12_no_later_event_makes_a_late_entry_or_a_dispute_vanish(
    told: list[Fact], data: st.DataObject
) -> None:
    """Only a device that forked its chain may shift what was proven by it; then the fork is the finding."""
    known = data.draw(st.integers(1, len(told)))
    order = data.draw(st.permutations(told))
    numbers = {(fact.kid, fact.seq) for fact in told}

    def is_whole(stretch: Stretch) -> bool:
        """All that these phones did is about this one box, so the whole story knows each chain."""
        between = range(stretch.from_seq + 1, stretch.to_seq)
        return all((stretch.kid, seq) in numbers and (stretch.kid, seq) in heard for seq in between)

    heard = {(fact.kid, fact.seq) for fact in order[:known]}
    before = _lasting(standing(order[:known], EXPECTED, is_whole=is_whole))
    heard = numbers
    after = standing(order, EXPECTED, is_whole=is_whole)
    forked = {finding.facts["device"] for finding in after.findings if finding.kind == "fork"}
    lost = {finding.key(BOX): finding for finding in before}
    for finding in after.findings:
        lost.pop(finding.key(BOX), None)
    assert not [one for one in lost.values() if one.facts.get("giver") not in forked]


def _lasting(stands: Standing) -> list[Finding]:
    return [finding for finding in stands.findings if finding.rule in ("C11", "C12")]


@settings(max_examples=40, deadline=None)
@given(stories())
def test_a_dispute_has_no_holder_and_a_finding_says_why(told: list[Fact]) -> None:
    stands = standing(told, EXPECTED)
    if stands.disputed:
        assert stands.holder is None and not stands.offered and stands.site == ""
        assert {finding.rule for finding in stands.findings} & {"C12"}


@settings(max_examples=40, deadline=None)
@given(stories())
def test_the_same_finding_is_told_once(told: list[Fact]) -> None:
    keys = [finding.key(BOX) for finding in standing(told, EXPECTED).findings]
    assert len(keys) == len(set(keys))
    assert all(len(key) <= 120 for key in keys)
