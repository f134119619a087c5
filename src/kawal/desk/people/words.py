"""People in words: agencies, roles and refusals."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kawal.desk.people.models import Agency, Role
from kawal.rules.refusals import Refused

AGENCIES = {
    Agency.KPU: _("KPU"),
    Agency.POLRI: _("Polri"),
    Agency.BAWASLU: _("Bawaslu"),
    Agency.TNI: _("TNI"),
    Agency.PEMDA: _("Local government"),
}
ROLES = {
    Role.LOGISTICS: _("Logistics officer"),
    Role.CUSTODIAN: _("Custodian"),
    Role.ESCORT: _("Escort"),
    Role.DUTY: _("Duty officer"),
    Role.CHIEF: _("Chief"),
    Role.SUPERVISOR: _("Supervisor"),
}
REFUSALS = {
    "no_post": _("Your account has no post. Ask whoever keeps the accounts of your office."),
    "not_your_area": _("%(post)s sees its own area and what lies below it. This lies elsewhere."),
    "not_your_devices": _(
        "Devices of %(post)s are managed by its own officers and by the chiefs above them."
    ),
    "not_your_role": _("Your role at %(post)s may not do this."),
    "wrong_password": _("The name or the password is not right."),
    "too_many_tries": _("Too many tries that failed. Try again in %(wait_min)s minutes."),
    "bad_link": _("This link was not made by this hub, or is cut short."),
    "link_ended": _("This link has ended. Ask for a new one."),
    "link_used": _("This link was used already. Ask for a new one."),
    "no_exercise": _("Links of an exercise open only while an exercise runs."),
    "unknown_area": _("No area %(area)s has been imported."),
    "unknown_officer": _("There is no officer %(username)s."),
    "unknown_post": _("There is no post %(post)s."),
    "unknown_role": _("There is no role %(role)s."),
    "role_not_of_agency": _("The agency %(agency)s has no role %(role)s."),
    "bad_username": _("%(username)s cannot be a name to sign in with: use letters, digits, dots and dashes."),
    "username_taken": _("The name %(username)s is taken."),
    "bad_key": _("This is not a public key of a device (32 bytes in hexadecimal digits)."),
    "device_taken": _("The device %(kid)s belongs to %(post)s."),
    "bad_table": _("Line %(line)s of %(file)s: %(problem)s"),
}
TABLE_PROBLEMS = {
    "columns": _("the first line must be: public_key, post, role, label"),
    "key": _("the public key is not 64 hexadecimal digits"),
    "short": _("the line has fewer fields than the first line"),
}


def refusal(refused: Refused) -> str:
    words = REFUSALS.get(refused.code)
    if words is None:
        return gettext("Refused: %(code)s") % {"code": refused.code}
    facts = dict(refused.facts)
    if refused.code == "bad_table":
        facts["problem"] = TABLE_PROBLEMS[str(facts["problem"])]
    return str(words) % facts
