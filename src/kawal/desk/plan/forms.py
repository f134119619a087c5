"""What a reader asks of the list of trips."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from django import forms
from django.utils.dateformat import format as date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from kawal.desk.plan.leg_words import GOALS, LEGS
from kawal.desk.plan.timetable import Goal, Wanted
from kawal.desk.plan.words import MODES
from kawal.desk.risk.words import CLASSES
from kawal.rules.plan.facts import Leg, Mode
from kawal.rules.risk.classes import RiskClass

_LEG_OF: Final[dict[str, Leg | Goal]] = {leg.value: leg for leg in (*Leg, *Goal)}


class TripFilter(forms.Form):
    """Sent by GET. An answer that is not among the choices asks for nothing."""

    day = forms.TypedChoiceField(
        label=_("Day of departure"), required=False, coerce=date.fromisoformat, empty_value=None
    )
    leg = forms.TypedChoiceField(label=_("Leg"), required=False, coerce=_LEG_OF.get, empty_value=None)
    mode = forms.TypedChoiceField(label=_("Mode"), required=False, coerce=Mode, empty_value=None)
    risk = forms.TypedChoiceField(
        label=_("Class of the area"),
        required=False,
        coerce=lambda text: RiskClass(int(text)),
        empty_value=None,
    )
    at_risk = forms.BooleanField(label=_("Only those that leave too late"), required=False)
    by_escort = forms.BooleanField(label=_("By escort"), required=False)

    def __init__(self, data: Mapping[str, str], *, days: Iterable[date], sees_risk: bool) -> None:
        super().__init__(data)
        # A larger area's page leads here with a day on which this one may have no trip.
        every = sorted({*days, *_day(data.get("day", ""))})
        self._offer("day", ((day.isoformat(), date_format(day, "D j M")) for day in every))
        self._offer(
            "leg", ((leg.value, capfirst(str(told))) for leg, told in (*LEGS.items(), *GOALS.items()))
        )
        self._offer("mode", ((mode.value, capfirst(str(MODES[mode]))) for mode in Mode))
        self._offer("risk", ((str(int(risk)), capfirst(str(CLASSES[risk]))) for risk in RiskClass))
        if not sees_risk:
            del self.fields["risk"]

    def wanted(self) -> Wanted:
        self.is_valid()
        return Wanted(**{key: value for key, value in self.cleaned_data.items() if value})

    def _offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("All")), *choices]


def _day(text: str) -> list[date]:
    try:
        return [date.fromisoformat(text)]
    except ValueError:
        return []
