"""Links that sign somebody in: made by a command or an exercise, signed, for one officer, with an end.

An exercise's link may be opened again and again, but only while an exercise runs in this home. An
operator's link holds until its officer signs in for the next time: whoever opens it second comes too late.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core import signing

from kawal.desk.clock import reads as clock
from kawal.desk.people import actions
from kawal.rules.refusals import Refused

_SALT: Final = "kawal.people.sign-in-link"


class Purpose(StrEnum):
    EXERCISE = "exercise"
    OPERATOR = "operator"


def make(username: str, *, purpose: Purpose, valid: timedelta, now: datetime) -> str:
    """The token of a link. `now` is real time. Refuses `unknown_officer`, `no_exercise`."""
    if purpose is Purpose.EXERCISE and clock.exercise() is None:
        raise Refused("no_exercise")
    user = actions.user_of(username)
    told = {"u": user.pk, "p": purpose.value, "e": int((now + valid).timestamp()), "l": _last(user)}
    return signing.dumps(told, salt=_SALT)


def read(token: str, *, now: datetime) -> User:
    """Whom the link signs in. Refuses `bad_link`, `link_ended`, `link_used`, `no_exercise`."""
    try:
        told: dict[str, Any] = signing.loads(token, salt=_SALT)
    except signing.BadSignature as wrong:
        raise Refused("bad_link") from wrong
    if now.timestamp() >= told["e"]:
        raise Refused("link_ended")
    user = get_user_model().objects.filter(pk=told["u"], is_active=True).first()
    if user is None:
        raise Refused("bad_link")
    if told["p"] == Purpose.EXERCISE:
        if clock.exercise() is None:
            raise Refused("no_exercise")
    elif told["l"] != _last(user):
        raise Refused("link_used")
    return user


def _last(user: User) -> float:
    return user.last_login.timestamp() if user.last_login else 0.0
