"""Whether two states of the tables are the same: what was kept day by day, and what the log says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from kawal.desk.custody import models
from kawal.desk.trust import reads as trust
from kawal.rules.custody.facts import decoded, encoded

State = dict[tuple[str, str], bytes]  # (table, key) -> hash of the row


@dataclass(frozen=True, slots=True)
class Difference:
    table: str
    key: str
    how: str  # missing, extra or changed in the tables, against the log


def taken_down() -> State:
    """The tables as they are, in a form that fits the memory of a whole country's stations.

    Findings count as far as they are open: when each was found, and what was cleared in between,
    depends on the batches in which events happened to arrive.
    """
    state: State = {}
    for table, key, row in _rows():
        text = json.dumps(row, sort_keys=True, cls=DjangoJSONEncoder, default=_plain)
        state[table, key] = hashlib.sha256(text.encode()).digest()
    return state


def differences(kept: State, replayed: State) -> list[Difference]:
    found = [Difference(*place, "missing") for place in replayed.keys() - kept.keys()]
    found += [Difference(*place, "extra") for place in kept.keys() - replayed.keys()]
    found += [
        Difference(*place, "changed")
        for place in kept.keys() & replayed.keys()
        if kept[place] != replayed[place]
    ]
    return sorted(found, key=lambda one: (one.table, one.key))


def _rows() -> Iterator[tuple[str, str, dict[str, Any]]]:
    yield from trust.taken_down()
    for story in _values(models.ParcelStory):
        # Facts stand in the order in which batches brought them.
        facts = {fact.id: fact for fact in decoded(bytes(story["told"]))}
        story["told"] = encoded(sorted(facts.values())).hex()
        yield "ParcelStory", str(story["parcel_code"]), story
    for finding in _values(models.Finding):
        del finding["found_at"], finding["found_index"]
        if finding["cleared_at"] is None:
            yield "Finding", finding["key"], finding
    for milestone in _values(models.Milestone):
        del milestone["id"]
        yield "Milestone", "{trip_code} {site_code} {kind}".format(**milestone), milestone
    for unfolded in _values(models.Unfolded):
        yield "Unfolded", str(unfolded["entry_index"]), {}
    for table in _AS_THEY_ARE:
        for row in _values(table):
            yield table.__name__, _plain(row[table._meta.pk.attname]), row


def _values(table: type[Model]) -> Iterator[dict[str, Any]]:
    return table._default_manager.values().iterator()


_AS_THEY_ARE: tuple[type[Model], ...] = (
    models.StationProgress,
    models.AreaProgress,
    models.EventLink,
    models.EventRef,
    models.EventDoubt,
    models.Fork,
    models.Position,
    models.Incident,
    models.Projection,
)


def _plain(value: object) -> str:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)
