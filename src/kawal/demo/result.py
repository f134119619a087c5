"""What a played exercise amounts to: one JSON object, and whether every promise was kept."""

from __future__ import annotations

from kawal.demo.prepare import Steps
from kawal.desk.custody import actions as custody_actions
from kawal.desk.custody import reads as custody
from kawal.desk.ledger import policies, publishing
from kawal.desk.ledger import reads as ledger
from kawal.desk.ledger.verify import Broken, verify
from kawal.desk.needs import reads as needs
from kawal.desk.places import reads as places
from kawal.desk.plan import reads as plan
from kawal.desk.watch import reads as watch
from kawal.rehearsal.phones import Played


def of(area: str, played: Played, steps: Steps, *, restarts: int) -> dict[str, object]:
    """Figures from the record itself; `ok` only when every signed event is in it exactly once, and all of it
    is cosigned."""
    custody_actions.catch_up()
    log = _log()
    totals = places.totals(area)
    run = needs.latest_run(area)
    record = plan.plan_of_record(area)
    assert run is not None and record is not None
    progress = custody.progress(area)
    witnessed = _witnessed()
    whole = witnessed["quorum"] is True and witnessed["size"] == log["size"]
    whole &= log["events"] == played.signed == played.accepted and not played.refused
    return {
        "area": area,
        "name": places.area(area).name,
        "villages": totals.villages,
        "stations": totals.stations,
        "voters": totals.voters,
        "ballots": sum(count for item, count in run.totals.items() if item.startswith("ballot_")),
        "boxes": run.totals["box"],
        "parcels": run.parcels_count,
        "trips": record.summary["trips_count"],
        "escort_officers": record.summary["escort"]["officers_count"],
        "escort_officers_peak": record.summary["escort"]["officers_peak_count"],
        "events_signed": played.signed,
        "events_accepted": played.accepted,
        "events_repeated": played.repeated,
        "events_refused": played.refused,
        "stations_on_time": progress.received_on_time,
        "stations_late": progress.received_late,
        "stations_total": totals.stations,
        "findings": custody.findings_by_rule(area),
        "mishaps": len(played.mishaps),
        "alerts": watch.counts(area),
        "log": log,
        "witnesses": witnessed,
        "hub_restarts": restarts,
        "seconds": steps.seconds,
        "ok": whole and bool(log["verified"]),
    }


def _witnessed() -> dict[str, object]:
    """Who cosigned the newest head, and how many heads went out with their quorum."""
    newest = publishing.newest(published=True)
    if newest is None:
        return {"size": 0, "quorum": None, "cosigned_by": []}
    heads, with_quorum = publishing.counts()
    return {
        "size": newest.size,
        "quorum": newest.quorum,
        "cosigned_by": publishing.cosigners(newest.size, policies.installed()),
        "heads": heads,
        "heads_with_quorum": with_quorum,
    }


def _log() -> dict[str, object]:
    try:
        checked = verify()
    except Broken as broken:
        size = ledger.size()
        return {"size": size, "events": None, "root": None, "verified": False, "broken": str(broken)}
    # What issuers said stands in the log as well: it is not what phones signed.
    events = checked.size - checked.statements
    return {"size": checked.size, "events": events, "root": checked.root.hex(), "verified": True}
