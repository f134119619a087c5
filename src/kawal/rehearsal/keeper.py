"""Who keeps the phones of the regency: an officer who revokes those that are reported lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final

from kawal.rehearsal.duty import Session
from kawal.rehearsal.mishaps import Kind, Mishap
from kawal.rehearsal.orders import Orders, committee, devices_of
from kawal.rules.refusals import Refused
from kawal.rules.trust.statements import Reason

REPORTED_AT: Final = time(8, 0)  # local, the day after the vote


class Keeper:
    """`link`: sign-in link of an officer who may revoke devices of every KPPS."""

    def __init__(self, link: str, orders: Orders, mishaps: Sequence[Mishap]) -> None:
        kids = {spec.label: spec.kid for spec in devices_of(orders)}
        lost = [kids[committee(one.station)] for one in mishaps if one.kind is Kind.LOST_PHONE]
        day = orders.voting_at.astimezone(orders.zone).date() + timedelta(days=1)
        self._at = datetime.combine(day, REPORTED_AT, orders.zone).astimezone(orders.voting_at.tzinfo)
        self._lost = lost
        self._session = Session(link)

    def act(self, now: datetime) -> None:
        """Revokes what is reported by now. Refuses `not_revoked`, `not_signed_in`."""
        if self._at > now or not self._lost:
            return
        self._session.sign_in()
        for kid in self._lost:
            address = f"/device/{kid.hex()}/revoke"
            answer = self._session.post(address, {"reason": str(int(Reason.LOST)), "last": ""})
            if answer.status != 200:
                raise Refused("not_revoked", kid=kid.hex(), status=answer.status)
        self._lost = []

    def next_at(self) -> datetime | None:
        return self._at if self._lost else None

    def close(self) -> None:
        self._session.close()
