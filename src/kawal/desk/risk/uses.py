"""A person's decision that an index which asks another question counts as route risk, and its end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from kawal.desk.places import reads as places
from kawal.desk.risk import specfiles, words
from kawal.desk.risk.deciding import checked_reason
from kawal.desk.risk.models import IndexUse
from kawal.desk.risk.page_words import index_name, measure_name
from kawal.desk.risk.pages import Told
from kawal.rules.places.codes import covers
from kawal.rules.refusals import Refused


def decide(
    area: str,
    index: str,
    measure: str,
    indicator: str,
    reason: str,
    until: datetime,
    *,
    by: str,
    now: datetime,
    post: str = "",
) -> int:
    """Where nothing else is told of `indicator`, the measure stands in for it, there and below; answers the
    decision's id. It counts from the next computation on.

    Refuses `unknown_area`, `unknown_index`, `unknown_measure`, `unknown_indicator`, `index_is_of_routes`,
    `reason_required`, `by_required`, `until_is_past`.
    """
    places.area(area)
    catalogue = specfiles.indices()
    catalogue.measure(index, measure)
    if catalogue.index(index).routes:
        raise Refused("index_is_of_routes", index=index)
    known = [one.code for one in specfiles.read().spec.indicators]
    if indicator not in known:
        raise Refused("unknown_indicator", indicator=indicator, known=", ".join(known))
    reason = checked_reason(area, reason, by)
    if until <= now:
        raise Refused("until_is_past", area=area)
    row = IndexUse.objects.create(
        area_code=area,
        index=index,
        measure=measure,
        indicator=indicator,
        reason=reason,
        by=by.strip(),
        post=post,
        at=now,
        until=until,
    )
    return int(row.pk)


def end(use: int, *, area: str, by: str, now: datetime) -> None:
    """Ends a decision on the area or below it before its time; kept. The same again changes nothing.

    Refuses `unknown_decision`.
    """
    row = IndexUse.objects.filter(pk=use).first()
    if row is None or not covers(area, row.area_code):
        raise Refused("unknown_decision", decision=use)
    IndexUse.objects.filter(pk=use, ended_at=None).update(ended_at=now, ended_by=by)


def usable(told: Iterable[Told]) -> dict[str, list[tuple[str, str]]]:
    """What a form may offer: measures of indices that ask another question, and indicators that are given."""
    measures = {
        f"{one.index.code}/{one.measure.code}": f"{index_name(one.index)}: {measure_name(one.measure)}"
        for one in told
        if not one.index.routes
    }
    indicators = [
        (one.code, words.name(one)) for one in specfiles.read().spec.indicators if one.origin == "given"
    ]
    return {"measures": list(measures.items()), "indicators": indicators}
