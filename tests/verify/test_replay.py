"""Whatever phones do: the outsider, who reads entries from a log, judges as the rules do over the events."""

from __future__ import annotations

import random
from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from kawal.rules.custody.doubts import doubts, placed
from kawal.rules.custody.facts import expected
from kawal.rules.custody.findings import SHARED
from kawal.rules.custody.holdings import Stretch
from kawal.rules.custody.standing import Standing, standing
from kawal.rules.custody.told import Verified
from kawal.rules.trust.register import KeyTrust
from tests.rules.custody.stories import BOX, Story, facts, told
from tests.rules.custody.test_any_order import stories_of_phones
from tests.verify import logs


def _judged(stands: Standing) -> tuple[object, ...]:
    """Without what rests on when the hub received it: a log does not tell that."""
    findings = [(one.kind, one.about) for one in stands.findings if one.kind not in SHARED]
    return stands.stage, stands.holder, stands.site, stands.offered, stands.disputed, findings


def _by_the_rules(events: list[Verified]) -> Standing:
    numbers: defaultdict[bytes, set[int]] = defaultdict(set)
    for one in events:
        numbers[one.kid].add(one.event.seq)

    def is_whole(stretch: Stretch) -> bool:
        return numbers[stretch.kid] >= set(range(stretch.from_seq + 1, stretch.to_seq))

    found = doubts(map(placed, told(events)), lambda kid: KeyTrust(counts_from=0))
    return standing(facts(events), expected(BOX), is_whole=is_whole, doubts=found)


@settings(max_examples=60, deadline=None)
@given(stories_of_phones(), st.randoms(use_true_random=False))
def test_the_outsider_judges_as_the_rules_do(events: list[Verified], chance: random.Random) -> None:
    story = Story()
    start = [logs.announced()]
    start += [logs.certificate(story.phone(name), serial) for serial, name in enumerate("abcde", 1)]
    once = list({one.id: one for one in events}.values())
    chance.shuffle(once)
    heard = logs.verified(start + [one.signed for one in once])
    assert not heard.outcome.broken
    if not facts(once):
        assert not heard.stood
        return
    (stood,) = [one for one in heard.stood if one.parcel == BOX]
    assert stood.standing is not None
    assert _judged(stood.standing) == _judged(_by_the_rules(once))
