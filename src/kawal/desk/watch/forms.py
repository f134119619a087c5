"""What a reader asks of the list of alerts."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kawal.desk.watch.reads import Wanted
from kawal.desk.watch.words import KINDS, SEVERITIES
from kawal.rules.watch.facts import Kind, Severity

_EVERY = ("", _("All"))


class AlertFilter(forms.Form):
    """Sent by GET. An answer that is not among the choices asks for nothing."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("open", pgettext_lazy("alerts", "Open")), ("closed", _("Closed")), ("all", _("All"))],
    )
    kind = forms.TypedChoiceField(
        label=_("Kind"), required=False, coerce=Kind, empty_value=None, choices=[_EVERY, *KINDS.items()]
    )
    severity = forms.TypedChoiceField(
        label=_("Severity"),
        required=False,
        coerce=lambda text: Severity(int(text)),
        empty_value=None,
        choices=[_EVERY, *((str(number), word) for number, word in reversed(SEVERITIES.items()))],
    )
    climbed = forms.BooleanField(label=_("Only escalated ones"), required=False)
    mine = forms.BooleanField(label=_("Only what awaits my post"), required=False)

    def wanted(self) -> Wanted:
        self.is_valid()
        told = {key: value for key, value in self.cleaned_data.items() if value and key != "mine"}
        return Wanted(**told)

    def only_mine(self) -> bool:
        self.is_valid()
        return bool(self.cleaned_data.get("mine"))
