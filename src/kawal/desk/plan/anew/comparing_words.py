"""Two versions of a plan in words: what is better, what is worse, what moved."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any, Final

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy

from kawal.desk.plan import at_risk_words, words
from kawal.desk.plan.anew.comparing import Compared
from kawal.rules.plan.anew.compare import Comparison
from kawal.rules.plan.facts import Mode

PROMISES: Final = {
    "earlier": gettext_lazy("earlier"),
    "later": gettext_lazy("later"),
    "lost": gettext_lazy("not any more"),
    "gained": gettext_lazy("now reached"),
}
CHANGES: Final = {
    "new": gettext_lazy("new"),
    "gone": gettext_lazy("cancelled"),
    "times": gettext_lazy("other times"),
    "vehicle": gettext_lazy("another vehicle"),
    "escort": gettext_lazy("another escort"),
    "stations": gettext_lazy("other stations"),
    "safe_departure": gettext_lazy("another latest safe departure"),
    "stops": gettext_lazy("other stops"),
}
# Figure -> its word, and whether less of it is better.
FIGURES: Final = {
    "stations_unserved_count": gettext_lazy("stations not reached"),
    "stations_at_risk_count": gettext_lazy("stations at risk"),
    "cost_rp": gettext_lazy("cost (Rp)"),
    "distance_km": gettext_lazy("distance (km)"),
    "trips_count": gettext_lazy("trips"),
    "vehicles_count": gettext_lazy("vehicles used"),
    "officers_count": gettext_lazy("officers over all trips"),
}
_JUDGED: Final = ("stations_unserved_count", "stations_at_risk_count", "cost_rp")  # the rest is in the table


def verdict(one: Compared) -> str:
    """The first sentence: what the second version does better or worse than the first."""
    before, after = asdict(one.found.before), asdict(one.found.after)
    judged = [key for key in _JUDGED if key != "stations_at_risk_count" or one.counted_alike]
    better = [_step(key, before[key], after[key]) for key in judged if after[key] < before[key]]
    worse = [_step(key, before[key], after[key]) for key in judged if after[key] > before[key]]
    if after["stations_unserved_count"] > before["stations_unserved_count"]:
        # What is cheaper because it carries less is not better.
        better = [one for one in better if not one.startswith(str(FIGURES["cost_rp"]))]
    if one.repair:
        was, now = one.repair.sure_counts
        word = gettext("stations as sure as their class asks")
        step = f"{word} {words.number(was)} → {words.number(now)}"
        (better if now > was else worse if now < was else []).append(step)
    told = {"after": one.after.version, "before": one.before.version}
    if not one.found.trips:
        return gettext("Versions %(before)s and %(after)s are the same, trip by trip.") % told
    if not better and not worse:
        return gettext("Version %(after)s costs and promises the same as version %(before)s.") % told
    parts = []
    if worse:
        parts.append(gettext("worse: %(what)s") % {"what": ", ".join(worse)})
    if better:
        parts.append(gettext("better: %(what)s") % {"what": ", ".join(better)})
    sentence = gettext("Version %(after)s against version %(before)s, %(what)s.")
    return sentence % {**told, "what": "; ".join(parts)}


def figure_rows(one: Compared) -> list[dict[str, Any]]:
    """Rows of a table: the word, both figures, and how the second stands (`late`, `done` or nothing)."""
    before, after = asdict(one.found.before), asdict(one.found.after)
    rows = [
        {
            "word": str(word),
            "before": words.number(before[key]),
            "after": words.number(after[key]),
            "step": _signed(after[key] - before[key]),
            "state": _state(after[key] - before[key]),
        }
        for key, word in FIGURES.items()
    ]
    modes = sorted({*before["trips_by_mode"], *after["trips_by_mode"]})
    for mode in modes:
        old, new = before["trips_by_mode"].get(mode, 0), after["trips_by_mode"].get(mode, 0)
        word = gettext("trips by %(mode)s") % {"mode": words.MODES[Mode(mode)]}
        rows.append({"word": word, "before": words.number(old), "after": words.number(new),
                     "step": _signed(new - old), "state": ""})  # fmt: skip
    if one.sure_before is not None or one.sure_after is not None:
        rows.append({"word": gettext("all stations on time"), "before": _share(one.sure_before),
                     "after": _share(one.sure_after), "step": "", "state": ""})  # fmt: skip
    return rows


def from_before(one: Compared) -> list[str]:
    """Of which version other stations are counted as at risk than of one made today."""
    return [told for plan in (one.before, one.after) if (told := at_risk_words.from_before(plan))]


def moved(found: Comparison) -> str:
    """`12 stations later, 3 not any more`; empty where no promise moved."""
    counts = Counter(one.kind for one in found.promises)
    return ", ".join(f"{words.number(counts[kind])} {PROMISES[kind]}" for kind in PROMISES if counts[kind])


def lines(one: Compared) -> list[str]:
    """For the command line."""
    told = [verdict(one)]
    told += [f"  {row['word']}: {row['before']} -> {row['after']}" for row in figure_rows(one)]
    told += from_before(one)
    told.append(gettext("Promises that moved: %(what)s") % {"what": moved(one.found) or "-"})
    for trip in one.found.trips[:20]:
        told.append(f"  {trip.code}: {', '.join(str(CHANGES[kind]) for kind in trip.kinds)}")
    if len(one.found.trips) > 20:
        told.append(
            gettext("  and %(count)s trips more") % {"count": words.number(len(one.found.trips) - 20)}
        )
    return told


def plain(one: Compared) -> dict[str, Any]:
    """For programs."""
    return {
        "area": one.after.area,
        "before": one.before.version,
        "after": one.after.version,
        "figures": {"before": asdict(one.found.before), "after": asdict(one.found.after)},
        "sure": {"before": one.sure_before, "after": one.sure_after},
        "promises": [
            {
                "station": row.station,
                "kind": row.kind,
                "before_at": row.before_at,
                "after_at": row.after_at,
            }
            for row in one.found.promises
        ],
        "trips": [{"code": row.code, "changes": row.kinds} for row in one.found.trips],
    }


def _step(key: str, before: int, after: int) -> str:
    return f"{FIGURES[key]} {words.number(before)} → {words.number(after)}"


def _signed(step: int) -> str:
    return "" if not step else f"{'+' if step > 0 else '−'}{words.number(abs(step))}"


def _state(step: int) -> str:
    return "" if not step else "late" if step > 0 else "done"


def _share(share: float | None) -> str:
    return "–" if share is None else f"{number_format(100 * share, 1)} %"
