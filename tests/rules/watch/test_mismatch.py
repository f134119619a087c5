from datetime import timedelta

import pytest

from kawal.rules.custody.findings import KINDS
from kawal.rules.needs.parcels import parcel_code
from kawal.rules.watch.facts import Kind, OpenFinding, Severity
from kawal.rules.watch.mismatch import mismatches
from tests.rules.watch.world import DEADLINE, HOUR, LIMITS, MORNING, VILLAGES, stations, watched

STATION, OTHER = stations(count=2)


def finding(kind, station=STATION, box=1, **told):
    parcel = parcel_code(station, box)
    given = {"area": VILLAGES[0], "found_at": MORNING} | told
    return OpenFinding(
        key=f"{KINDS[kind]}.{kind}.{parcel}", kind=kind, parcel=parcel, station=station, **given
    )


def found(*findings, now=MORNING + HOUR, plans=()):
    return mismatches(findings, plans, now=now, limits=LIMITS)


@pytest.mark.parametrize(
    ("kind", "called_for", "severity"),
    [
        ("seals_differ", Kind.SEAL_MISMATCH, Severity.URGENT),
        ("seal_broken", Kind.SEAL_MISMATCH, Severity.URGENT),
        ("short", Kind.COUNT_MISMATCH, Severity.WARNING),
        ("offer_unknown", Kind.CUSTODY_GAP, Severity.WARNING),
        ("accept_missing", Kind.CUSTODY_GAP, Severity.WARNING),
        ("disputed", Kind.DISPUTED, Severity.URGENT),
    ],
)
def test_a_finding_calls_somebody_by_its_rule(kind, called_for, severity):
    (sign,) = found(finding(kind))
    assert (sign.kind, sign.severity, sign.station) == (called_for, severity, STATION)
    assert sign.cause == f"{called_for}:{VILLAGES[0]}"


@pytest.mark.parametrize("kind", ["told_late", "opened_elsewhere", "not_holder", "off_its_way"])
def test_other_findings_are_kept_by_custody_and_call_nobody(kind):
    assert found(finding(kind)) == []


def test_all_boxes_of_an_accident_are_one_sign():
    boxes = [finding("seal_broken", station, box) for station in (STATION, OTHER) for box in range(1, 6)]
    (sign,) = found(*boxes, finding("seals_differ"))
    assert sign.facts["parcels_count"] == 10 and sign.facts["stations"] == [STATION, OTHER]
    assert sign.facts["count"] == 11 and sign.facts["findings"] == ["seal_broken", "seals_differ"]


def test_findings_of_two_villages_or_of_two_kinds_are_two_signs():
    assert len(found(finding("short"), finding("short", area=VILLAGES[1]))) == 2
    assert len(found(finding("short"), finding("seal_broken"))) == 2


def test_a_custody_gap_waits_for_the_phone_that_has_not_uploaded_its_side():
    assert found(finding("offer_unknown"), now=MORNING + timedelta(minutes=29)) == []
    assert len(found(finding("offer_unknown"), now=MORNING + timedelta(minutes=30))) == 1
    assert len(found(finding("seal_broken"), now=MORNING)) == 1


def test_near_the_deadline_of_its_plan_a_difference_in_count_is_urgent():
    near = DEADLINE - 2 * HOUR
    assert found(finding("short"), now=near)[0].severity is Severity.WARNING
    assert found(finding("short"), now=near, plans=[watched([])])[0].severity is Severity.URGENT
    elsewhere = watched([], area="16.08")
    assert found(finding("short"), now=near, plans=[elsewhere])[0].severity is Severity.WARNING
