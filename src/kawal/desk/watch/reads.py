"""Alerts as pages show them: of an area and all below it, and those that await a post now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from django.db.models import Count, Q, QuerySet

from kawal.desk.places import reads as places
from kawal.desk.watch.models import Alert, AlertAct
from kawal.desk.watch.rows import ladder_of
from kawal.rules.places.codes import NATION, is_area, is_station, lineage, subtree_range, village_of
from kawal.rules.places.facts import area_of_site as place_area
from kawal.rules.refusals import Refused
from kawal.rules.watch.climb import Act
from kawal.rules.watch.facts import Kind, Severity
from kawal.rules.watch.ladder import Step

LIMIT_MAX: Final = 1000  # one page; a storm is told by its counts

State = Literal["open", "closed", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """One alert with all that its sentence (words.sentence) and its line in a table need."""

    id: int
    kind: str
    severity: Severity
    area: str
    station: str
    trip: str
    facts: Mapping[str, Any]
    names: Mapping[str, str]  # area code -> name, for every area that the facts touch
    opened_at: datetime
    step: int  # 0 is the first of the ladder
    steps_count: int
    post: str  # addressed now
    told: tuple[str, ...]  # every post that knows of it so far, the addressed ones included
    closers: tuple[str, ...]  # posts that may close it: the addressed one and those above
    climb_at: datetime | None  # without an answer, or with one that does not help, it climbs then
    acknowledged_at: datetime | None
    acknowledged_by: str  # post
    is_going: bool  # its sign is gone; it closes by itself when that lasts
    closed_at: datetime | None
    closed_by: str
    close_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRow:
    at: datetime
    act: str
    post: str
    by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which alerts a reader asks for; what is None or False asks for nothing."""

    state: State = "open"
    kind: Kind | None = None
    severity: Severity | None = None
    climbed: bool = False


def alerts(area_code: str, *, state: State = "open", limit: int = 100) -> list[AlertRow]:
    """Of an area and all below it: the most severe first, then the newest. Refuses `unknown_area`."""
    rows = _under(area_code)
    if state != "all":
        rows = rows.filter(closed_at__isnull=state == "open")
    return _page_rows(rows.order_by("-severity", "-opened_at", "-id")[: min(limit, LIMIT_MAX)])


def alert_ids(area_code: str, wanted: Wanted) -> list[int]:
    """All alerts of an area and below that are like that, in the order of `alerts`."""
    rows = _under(area_code)
    if wanted.state != "all":
        rows = rows.filter(closed_at__isnull=wanted.state == "open")
    if wanted.kind is not None:
        rows = rows.filter(kind=wanted.kind)
    if wanted.severity is not None:
        rows = rows.filter(severity=wanted.severity)
    if wanted.climbed:
        rows = rows.filter(pk__in=AlertAct.objects.filter(act=Act.CLIMBED).values("alert"))
    return list(rows.order_by("-severity", "-opened_at", "-id").values_list("pk", flat=True))


def alerts_by_id(ids: Sequence[int]) -> list[AlertRow]:
    """These alerts, in this order."""
    rows = {row.pk: row for row in Alert.objects.filter(pk__in=ids)}
    return _page_rows(rows[one] for one in ids if one in rows)


def open_by_severity(area_code: str) -> dict[Severity, int]:
    """Open alerts of an area and below, the most severe first."""
    counted = _under(area_code).filter(closed_at=None).values_list("severity").annotate(n=Count("id"))
    found = dict(counted)
    return {severity: found.get(severity, 0) for severity in reversed(Severity)}


def ladder(alert_id: int) -> tuple[Step, ...]:
    """The ladder of an alert as it was frozen into it. Refuses `unknown_alert`."""
    row = Alert.objects.filter(pk=alert_id).first()
    if row is None:
        raise Refused("unknown_alert", alert=alert_id)
    return ladder_of(row.ladder)


def alert(alert_id: int) -> tuple[AlertRow, list[ActRow]]:
    """One alert and what happened to it, oldest first. Refuses `unknown_alert`."""
    row = Alert.objects.filter(pk=alert_id).first()
    if row is None:
        raise Refused("unknown_alert", alert=alert_id)
    acts = row.acts.order_by("id").values("at", "act", "post", "by", "note")
    return _page_rows([row])[0], [ActRow(**act) for act in acts]


def area_of(alert_id: int) -> str:
    """The alert's area: who may see it depends on that. Refuses `unknown_alert`."""
    area: str | None = Alert.objects.filter(pk=alert_id).values_list("area_code", flat=True).first()
    if area is None:
        raise Refused("unknown_alert", alert=alert_id)
    return area


def counts(area_code: str) -> dict[str, int]:
    """Alerts of an area and below: opened, acknowledged and escalated at any time, closed and open now.

    `waiting` are the open ones that nobody has answered.
    """
    under = _under(area_code)
    acts = dict(
        AlertAct.objects.filter(alert__in=under).values_list("act").annotate(n=Count("alert", distinct=True))
    )
    now = under.aggregate(
        opened=Count("id"),
        open=Count("id", filter=Q(closed_at=None)),
        waiting=Count("id", filter=Q(closed_at=None, acknowledged_at=None)),
    )
    return {
        "opened": now["opened"],
        "acknowledged": acts.get(Act.ACKNOWLEDGED, 0),
        "escalated": acts.get(Act.CLIMBED, 0),
        "closed": now["opened"] - now["open"],
        "open": now["open"],
        "waiting": now["waiting"],
    }


def open_facts(area_code: str = NATION) -> list[tuple[str, dict[str, Any]]]:
    """Kind and facts of every open alert that may name stations of an area: of it, below it, above it."""
    return list(_touching(area_code).order_by("id").values_list("kind", "facts"))


def open_trips(area_code: str) -> dict[str, set[str]]:
    """Trip code -> kinds of the open alerts about that trip, in an area, below and above it."""
    found: dict[str, set[str]] = {}
    for trip, kind in _touching(area_code).exclude(trip_code="").values_list("trip_code", "kind"):
        found.setdefault(trip, set()).add(kind)
    return found


def alerts_naming(station_code: str) -> list[AlertRow]:
    """Open alerts that name a station, the most severe first."""
    above = lineage(village_of(station_code))
    rows = Alert.objects.filter(closed_at=None, area_code__in=above).order_by(
        "-severity", "-opened_at", "-id"
    )
    return _page_rows(row for row in rows if station_code in row.facts.get("stations", ()))


def needs_me(post_code: str) -> list[AlertRow]:
    """Open alerts that nobody acknowledged yet and that stand at a post, the most severe first.

    A post that is only told with that step has them until it answered that it has seen them.
    """
    area = post_code.partition("/")[2].removeprefix("id")
    waiting = _under(area).filter(closed_at=None, acknowledged_at=None)
    found = []
    for row in waiting.order_by("-severity", "opened_at", "id"):
        step = ladder_of(row.ladder)[row.step]
        if post_code in (step.post, *step.told):
            found.append(row)
    if not found:
        return []
    answered = set(
        AlertAct.objects.filter(alert__in=found, post=post_code, act=Act.SEEN).values_list(
            "alert_id", flat=True
        )
    )
    return _page_rows(row for row in found if row.pk not in answered)


def _touching(area_code: str) -> QuerySet[Alert]:
    """Open alerts of an area, of those below it and of those above it."""
    rows = Alert.objects.filter(closed_at=None)
    if area_code == NATION:
        return rows
    below = Q(area_code__range=subtree_range(area_code))
    return rows.filter(Q(area_code__in=lineage(area_code)) | below)


def _under(area_code: str) -> QuerySet[Alert]:
    if area_code == NATION:
        return Alert.objects.all()
    if is_station(area_code):
        return Alert.objects.filter(station_code=area_code)
    if not is_area(area_code):
        raise Refused("unknown_area", area=area_code)
    return Alert.objects.filter(Q(area_code=area_code) | Q(area_code__range=subtree_range(area_code)))


def _page_rows(rows: Iterable[Alert]) -> list[AlertRow]:
    rows = list(rows)
    named = {area for row in rows for area in _areas_of(row)}
    names = {code: area.name for code, area in places.areas(sorted(named)).items()}
    answered = AlertAct.objects.filter(alert__in=rows, act=Act.ACKNOWLEDGED).order_by("id")
    by = dict(answered.values_list("alert_id", "post"))  # the last one stays
    return [_page_row(row, names, by.get(row.pk, "")) for row in rows]


def _page_row(row: Alert, names: Mapping[str, str], answered_by: str) -> AlertRow:
    ladder = ladder_of(row.ladder)
    told = dict.fromkeys(post for step in ladder[: row.step + 1] for post in (step.post, *step.told))
    return AlertRow(
        id=row.pk,
        kind=row.kind,
        severity=Severity(row.severity),
        area=row.area_code,
        station=row.station_code,
        trip=row.trip_code,
        facts=row.facts,
        names={code: names.get(code, code) for code in _areas_of(row)},
        opened_at=row.opened_at,
        step=row.step,
        steps_count=len(ladder),
        post=ladder[row.step].post,
        told=tuple(told),
        closers=tuple(step.post for step in ladder[row.step :]),
        climb_at=row.climb_at,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=answered_by if row.acknowledged_at else "",
        is_going=row.gone_at is not None and row.closed_at is None,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        close_reason=row.close_reason,
    )


def _areas_of(row: Alert) -> list[str]:
    sites = row.facts.get("sites", [])[:1]
    return [row.area_code, *(area_of_site(site) for site in sites)]


def area_of_site(site: str) -> str:
    """`PPK-16.07.03`, or the jetty `DMG-16.07.03-1`, -> `16.07.03`; a station's village."""
    return place_area(site)
