"""An independent judge of a roster, written from the rules and not from the solver.

It counts everything again: who is where in which shift, what each officer has worked, what it costs. It
answers every rule broken, in the order of `RULES`; a roster that breaks one is not saved. A shortage is no
violation, a shortage that is not told is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians, sin

from kawal.rules.places.codes import covers, level_of, parent_of
from kawal.rules.plan.roster.facts import Duty, Help, Post, Posting, Problem, Roster, Short
from kawal.rules.plan.roster.naming import Named

_WEEK_MAX = 5
_REST_SHIFTS = 2
_NEAREST = 4
_SAME = 1e-15  # under a metre


@dataclass(frozen=True, slots=True)
class Fault:
    code: str  # stable; its words are the desk's
    where: str  # duty or post
    facts: tuple[tuple[str, str], ...] = ()


class _Seen:
    def __init__(self, problem: Problem, roster: Roster, named: Named) -> None:
        self.problem, self.roster, self.named = problem, roster, named
        self.duties = {duty.code: duty for duty in problem.duties}
        self.officers = {post.code: post.officers_count for post in problem.posts}
        self.sent: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for posting in roster.postings:
            self.sent[posting.duty][posting.post] += posting.officers_count
        rows = _rows(roster)
        self.starts = {row.duty: row.start for row in rows}
        self.short = {short.duty: short.officers_count for short in roster.shorts}

    def help_(self, duty: str, post: str) -> Help | None:
        return next((one for one in self.problem.helps[duty] if one.post == post), None)


def _rows(roster: Roster) -> list[Posting | Short]:
    return [*roster.postings, *roster.shorts]


def check_roster(problem: Problem, roster: Roster, named: Named) -> list[Fault]:
    seen = _Seen(problem, roster, named)
    unknown = list(_known(seen))
    if unknown:  # nothing else can be judged
        return unknown
    return [fault for rule in RULES.values() for fault in rule(seen)]


def _known(seen: _Seen) -> Iterator[Fault]:
    for posting in seen.roster.postings:
        if posting.duty not in seen.duties:
            yield Fault("duty_unknown", posting.duty)
        elif posting.post not in seen.officers:
            yield Fault("post_unknown", posting.post)
        elif posting.officers_count < 1:
            yield Fault("nobody_sent", posting.duty)
    for short in seen.roster.shorts:
        if short.duty not in seen.duties:
            yield Fault("duty_unknown", short.duty)


def _enough(seen: _Seen) -> Iterator[Fault]:
    """Every duty has what it needs, or it is told how many are missing."""
    for duty in seen.problem.duties:
        there = sum(seen.sent[duty.code].values()) + seen.short.get(duty.code, 0)
        if there != duty.need or seen.short.get(duty.code, 0) < 0:
            yield Fault("miscounted", duty.code, (("there", str(there)), ("need", str(duty.need))))


def _when(seen: _Seen) -> Iterator[Fault]:
    """All officers of a duty begin together, in a shift that is allowed."""
    starts: defaultdict[str, set[int]] = defaultdict(set)
    for row in _rows(seen.roster):
        starts[row.duty].add(row.start)
    for code, found in starts.items():
        if len(found) != 1 or not found <= set(seen.duties[code].starts):
            yield Fault("wrong_shift", code)


def _who(seen: _Seen) -> Iterator[Fault]:
    """Only the home post, the nearest Polsek of its regency, its Polres and its Polda; for a Polda, Mabes."""
    for code, posts in seen.sent.items():
        duty = seen.duties[code]
        for post in posts:
            allowed = _may(post, duty) and seen.help_(code, post) is not None
            if not allowed or _nearer_count(seen, duty, post) >= _NEAREST:
                yield Fault("may_not_help", code, (("post", post),))


def _nearer_count(seen: _Seen, duty: Duty, post: str) -> int:
    """How many other Polsek of the regency are nearer to a duty than a Polsek that helps."""
    if level_of(post.partition("/")[2]) != "district" or post == duty.post:
        return 0
    there = {one.code: _off(duty, one) for one in seen.problem.posts if _is_polsek_of(one.code, duty.regency)}
    return sum(off < there[post] - _SAME for code, off in there.items() if code not in (post, duty.post))


def _is_polsek_of(post: str, regency: str) -> bool:
    area = post.partition("/")[2]
    return level_of(area) == "district" and covers(regency, area)


def _off(duty: Duty, post: Post) -> float:
    """How far apart, as the square of the sine of half the angle: it grows with the distance."""
    north, east = radians(post.lat - duty.lat), radians(post.lon - duty.lon)
    return sin(north / 2) ** 2 + cos(radians(duty.lat)) * cos(radians(post.lat)) * sin(east / 2) ** 2


def _home_first(seen: _Seen) -> Iterator[Fault]:
    """Where others help, somebody of the home post goes along if it has anybody free."""
    for code, posts in seen.sent.items():
        duty = seen.duties[code]
        before = seen.problem.promises.get(code)
        if before is not None and before.departed:
            continue
        if posts.total() and not posts[duty.post] and _anybody_free(seen, duty):
            yield Fault("home_left_out", code, (("post", duty.post),))


def _anybody_free(seen: _Seen, duty: Duty) -> bool:
    """A numbered officer of the home post who is rested, stays so, and has days left in every week."""
    stretch = _stretch(duty, seen.starts[duty.code], seen.help_(duty.code, duty.post))
    days = Counter(_days(duty, seen.starts[duty.code]))
    for number in range(1, seen.officers[duty.post] + 1):
        codes = seen.named.officers.get((duty.post, number), ())
        work = sum((Counter(_days(seen.duties[code], seen.starts[code])) for code in codes), days)
        taken = [
            _stretch(seen.duties[code], seen.starts[code], seen.help_(code, duty.post)) for code in codes
        ]
        if not any(set(stretch) & set(other) for other in taken) and not _overworked(work):
            return True
    return False


def _overworked(work: Counter[int]) -> bool:
    first, last = min(work, default=0), max(work, default=0)
    return any(sum(work[day] for day in range(at, at + 7)) > _WEEK_MAX for at in range(first - 6, last + 1))


def _in_strength(seen: _Seen) -> Iterator[Fault]:
    """No post has more officers out, on the way or at rest than it has. Whom a Polda lends stays there."""
    out: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for code, posts in seen.sent.items():
        duty = seen.duties[code]
        for post, count in posts.items():
            for shift in _stretch(duty, seen.starts[code], seen.help_(code, post)):
                out[post, duty.regency if _is_polda(post) else ""][shift] += count
    most: Counter[str] = Counter()
    for (post, _), shifts in out.items():
        most[post] += max(shifts.values())
    for post, count in most.items():
        if count > seen.officers[post]:
            yield Fault("too_many_out", post, (("out", str(count)), ("has", str(seen.officers[post]))))


def _named(seen: _Seen) -> Iterator[Fault]:
    """Each numbered officer: one duty at a time, rest after it, duties on five days in seven at most."""
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (post, number), codes in seen.named.officers.items():
        stretches = []
        work: Counter[int] = Counter()
        if not 1 <= number <= seen.officers.get(post, 0):
            yield Fault("officer_unknown", post, (("number", str(number)),))
            continue
        for code in codes:
            duty = seen.duties[code]
            counted[code][post] += 1
            at = seen.starts[code]
            stretches.append((_stretch(duty, at, seen.help_(code, post)), code))
            work.update(_days(duty, at))
        stretches.sort(key=lambda one: one[0].start)
        for (first, _), (second, code) in pairwise(stretches):
            if second.start < first.stop:
                yield Fault("not_rested", code, (("post", post), ("number", str(number))))
        if _overworked(work):
            yield Fault("too_long_a_week", post, (("number", str(number)),))
    for code, posts in seen.sent.items():
        for post, count in posts.items():
            if counted[code][post] != count:
                yield Fault(
                    "not_named",
                    code,
                    (("post", post), ("named", str(counted[code][post])), ("sent", str(count))),
                )


def _cost(seen: _Seen) -> Iterator[Fault]:
    """The cost as told, and a bound that is no more than it."""
    cost = 0
    for duty in seen.problem.duties:
        posts, missing = seen.sent[duty.code], seen.short.get(duty.code, 0)
        for post, count in posts.items():
            help_ = seen.help_(duty.code, post)
            cost += count * (help_.officer_rp if help_ else 0)
        if sum(posts.values()) and not posts[duty.post] and not missing:
            cost += seen.problem.alone_rp
        cost += missing * round(seen.problem.short_rp * (10 + duty.risk - 1) / 10)
        cost += _moved(seen, duty)
    if cost != seen.roster.cost_rp or seen.roster.bound_rp > cost:
        yield Fault("wrong_cost", "", (("cost", str(cost)), ("told", str(seen.roster.cost_rp))))


def _moved(seen: _Seen, duty: Duty) -> int:
    """What it counts that officers who were promised to a duty do not come."""
    before = seen.problem.promises.get(duty.code)
    if before is None:
        return 0
    come = seen.sent[duty.code] if seen.starts.get(duty.code) == before.start else Counter[str]()
    gone = sum((Counter(before.officers) - come).values())
    return gone * (seen.problem.short_rp * 10 if before.departed else 200_000)


def _departed(seen: _Seen) -> Iterator[Fault]:
    """Nobody joins a trip that has left."""
    for code, before in seen.problem.promises.items():
        if before.departed and (joined := seen.sent[code] - Counter(before.officers)):
            yield Fault("joined_after_departure", code, (("post", min(joined)),))


def _stretch(duty: Duty, start: int, help_: Help | None) -> range:
    """From leaving the post until rested again."""
    way = 1 if help_ is not None and help_.travel_s > 7_200 else 0
    return range(start - way, start + duty.span + way + _REST_SHIFTS)


def _days(duty: Duty, start: int) -> dict[int, int]:
    days = sorted({shift // 3 for shift in range(start, start + duty.span)})
    return dict.fromkeys(days[:_WEEK_MAX], 1)


def _may(post: str, duty: Duty) -> bool:
    area, home = post.partition("/")[2], duty.post.partition("/")[2]
    area = "" if area == "id" else area  # Mabes, of the nation
    regency = parent_of(home) if level_of(home) == "district" else home
    return post.startswith("polri/") and (covers(regency, area) or area == parent_of(regency))


def _is_polda(post: str) -> bool:
    return level_of(post.partition("/")[2]) == "province"


RULES: dict[str, Callable[[_Seen], Iterator[Fault]]] = {
    "enough": _enough,
    "when": _when,
    "who": _who,
    "home_first": _home_first,
    "in_strength": _in_strength,
    "departed": _departed,
    "named": _named,
    "cost": _cost,
}
