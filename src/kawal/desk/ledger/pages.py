"""The log's page: what has been told, who has cosigned it, how far behind each witness is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kawal.desk.clock import reads as clock
from kawal.desk.ledger import former, keys, witnessed, words
from kawal.desk.ledger.witnessed import Head, Standing, Witnessed
from kawal.desk.people import access
from kawal.rules.ledger.policy import NONE


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    told = witnessed.told()
    behind_s = round(told.behind_s)
    page = {
        "log": told,
        "fresh": len(told.fresh),
        "of": len(told.witnesses),
        "behind": _seconds(behind_s) if behind_s else "",
        "silent": ", ".join(one.name for one in told.witnesses if not one.is_fresh and not one.contradicts),
        "contradicting": ", ".join(one.name for one in told.contradicting),
        "policy_wrong": words.said(told.policy_wrong) if told.policy_wrong else "",
        "witnesses": [_row(one) for one in told.witnesses],
        "heads": [_head(one, told) for one in told.heads],
        "facts": _facts(told),
        "real_now": clock.real_now(),
        "live_area": access.officer_of(request).area,
    }
    return render(request, "ledger/log.html", page)


def _row(one: Standing) -> dict[str, Any]:
    failure = ""
    if one.failure:
        failure = capfirst(str(words.FAILURES[one.failure]) % {"status": "", "detail": "", **one.facts})
    return {
        "name": one.name,
        "key_name": one.key_name,
        "way": one.address or _("comes by itself"),
        "state": one.state,
        "word": _word(one),
        "size": one.size,
        "cosigned_at": one.cosigned_at,
        "behind": one.behind,
        "behind_for": _seconds(round(one.behind_s)) if one.behind_s is not None else "",
        "failure": failure,
        "failed_since": one.failed_since,
    }


def _word(one: Standing) -> str:
    if one.contradicts:
        return _("Contradicts this log")
    if one.is_fresh:
        return _("Cosigns")
    return _("Silent") if one.size is not None else _("Has never cosigned")


def _head(one: Head, told: Witnessed) -> dict[str, Any]:
    missing = [witness.name for witness in told.witnesses if witness.name not in one.names]
    if one.published_at is None:
        state, word = "unknown", _("waits for its witnesses")
    elif one.quorum is False:
        state, word = "risk", _("went out without its quorum")
    elif one.quorum:
        state, word = "ontime", _("went out with its quorum")
    else:
        state, word = "unknown", _("no witness was asked")
    return {
        "size": one.size,
        "begun_at": one.begun_at,
        "state": state,
        "word": word,
        "waited": _("%(n)s s") % {"n": number_format(one.waited_s, 1)} if one.waited_s else "",
        "names": ", ".join(one.names),
        "missing": ", ".join(missing),
    }


def _facts(told: Witnessed) -> list[dict[str, Any]]:
    rows = [{"label": _("Key of the log"), "value": str(keys.verifier_key())}]
    if told.published:
        size, root = told.published.note.split("\n")[1:3]
        rows.append({"label": _("Newest published head"), "value": f"{size} {root}", "href": "/checkpoint"})
    if told.witnesses:
        quorum = _("none demanded") if told.policy.quorum == NONE else told.policy.quorum
        rows.append({"label": _("Quorum of the policy"), "value": quorum})
    for origin, entries in former.logs():
        told_of = _("%(origin)s, closed at %(size)s entries") % {"origin": origin, "size": entries}
        address = reverse("ledger:former_checkpoint", args=[former.digest_of(origin)])
        rows.append({"label": _("Takes the place of"), "value": told_of, "href": address})
    return rows


def _seconds(passed_s: int) -> str:
    for text, unit_s, limit_s in (
        (_("%(n)s s"), 1, 60), (_("%(n)s min"), 60, 3_600), (_("%(n)s h"), 3_600, 172_800),
    ):  # fmt: skip
        if passed_s < limit_s:
            return text % {"n": passed_s // unit_s}
    return _("%(n)s d") % {"n": passed_s // 86_400}
