"""What a played exercise amounts to: one JSON object, and whether every promise was kept."""

from __future__ import annotations

from kawal.demo.prepare import Steps
from kawal.desk.custody import reads as custody
from kawal.desk.ledger import reads as ledger
from kawal.desk.ledger.verify import verify
from kawal.desk.needs import reads as needs
from kawal.desk.places import reads as places
from kawal.desk.plan import reads as plan
from kawal.desk.watch import reads as watch
from kawal.rehearsal.phones import Played


def of(area: str, played: Played, steps: Steps) -> dict[str, object]:
    """Figures from the record itself; `ok` only when every signed event is in it exactly once."""
    checked = verify()
    totals = places.totals(area)
    run = needs.latest_run(area)
    record = plan.plan_of_record(area)
    assert run is not None and record is not None
    progress = custody.progress(area)
    complete = ledger.size() == played.signed == played.accepted and not played.refused
    return {
        "area": area,
        "name": places.area(area).name,
        "villages": totals.villages,
        "stations": totals.stations,
        "voters": totals.voters,
        "ballots": run.totals["ballots"],
        "boxes": needs.parcels_count(area, boxes_only=True),
        "parcels": needs.parcels_count(area),
        "trips": record.summary["trips"],
        "escort_officers": record.summary["escort_officers"],
        "escort_officers_peak": record.summary["escort_officers_peak"],
        "events_signed": played.signed,
        "events_accepted": played.accepted,
        "events_repeated": played.repeated,
        "events_refused": played.refused,
        "stations_on_time": progress.received_on_time,
        "stations_late": progress.received_late,
        "stations_total": totals.stations,
        "findings": custody.findings_by_rule(area),
        "mishaps": played.mishaps,
        "alerts": watch.counts(area),
        "log": {"size": checked.size, "root": checked.root.hex(), "verified": checked.broken is None},
        "hub_restarts": played.hub_restarts,
        "seconds": steps.seconds,
        "ok": complete and checked.broken is None,
    }
