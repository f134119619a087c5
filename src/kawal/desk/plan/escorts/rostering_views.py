"""The page of escorts: enough or how many are missing, post by post and trip by trip."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kawal.desk.people import access
from kawal.desk.places import reads as places
from kawal.desk.plan import reads, words
from kawal.desk.plan.escorts import rostering, rostering_lists, rostering_words, supposing
from kawal.desk.plan.escorts.rostering import Kept
from kawal.rules.places.codes import covers, level_of, lineage
from kawal.rules.plan.roster.helps import area_of
from kawal.rules.plan.roster.table import outside_rp
from kawal.rules.refusals import Refused

DUTIES_PER_PAGE = 50
ASKED_CHARS = 500


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    officer = _reader(request, code)
    area = places.area(code)
    told = {
        "area": area,
        "above": [places.area(one) for one in reversed(lineage(code)) if access.can_see(officer, one)],
    }
    kept = _kept(code)
    if kept is None:
        return render(request, "plan/escorts_none.html", told)
    if (found := rostering.outdated(kept)) is not None and (plan := reads.plan_of_record(code)):
        told |= {"outdated": rostering_words.outdated(kept, plan, found), "changed": found}
    asked = request.GET.get("if", "")[:ASKED_CHARS].strip()
    if asked and level_of(code) == "regency":
        told |= {"asked": asked, **_supposed(kept, asked)}
    kept = rostering.inside(kept, code)
    duties = rostering_words.duty_rows(kept)
    posts = [
        {**row, "listed": access.can_see(officer, area_of(row["post"]))}
        for row in rostering_words.post_rows(kept)
        if level_of(code) == "regency" or covers(code, area_of(row["post"]))
    ]
    told |= {
        "kept": kept,
        "headline": rostering_words.headline(kept),
        "proof": rostering_words.proof(kept),
        "promises": rostering_words.held_promises(kept),
        "short": kept.roster.short_count,
        "posts": posts,
        "assumed": sum(post["assumed"] for post in posts),
        "shown": Paginator(duties, DUTIES_PER_PAGE).get_page(request.GET.get("page")),
        "help": rostering_words.help_rows(kept),
        "outside_rp": outside_rp(kept.problem, kept.roster),
    }
    return render(request, "plan/escorts.html", told)


@require_safe
def duty_list(request: HttpRequest, code: str, post: str) -> HttpResponse:
    """CSV of a post's duties, for its chief to fill in names."""
    officer = _reader(request, code)
    access.check_see(officer, area_of(post))
    kept = _kept(code)
    if kept is None:
        raise Refused("no_roster", area=code)
    answer = HttpResponse(rostering_lists.csv_of(kept, post), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{post.replace("/", "-")}-{kept.plan.version}.csv"'
    return answer


def _supposed(kept: Kept, asked: str) -> dict[str, object]:
    """The answer to changes separated by blanks, or what is wrong with them."""
    try:
        return {"supposed": rostering_words.supposed(kept, supposing.what_if(kept, asked.split()))}
    except Refused as refused:
        return {"wrong": words.refusal(refused)}


def _reader(request: HttpRequest, code: str) -> access.Officer:
    """What posts can send out is for KPU's desk, the police and supervisors."""
    officer = access.officer_of(request)
    access.check_see(officer, code)
    access.check_do(officer, access.Deed.SEE_RISK)
    if level_of(code) in ("nation", "province"):
        raise Refused("roster_needs_regency", area=code or "id")
    return officer


def _kept(code: str) -> Kept | None:
    plan = reads.plan_of_record(code)
    return rostering.newest(plan.area) if plan else None
