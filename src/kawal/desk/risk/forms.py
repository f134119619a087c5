"""What people fill in on the risk pages: a decision, a second person's word, a file, a table of classes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from kawal.desk.risk.words import CLASSES
from kawal.rules.places.codes import zone_of
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.modes import MODES
from kawal.rules.risk.patterns import (
    CLASS_NAMES,
    DAYS_EARLY_MAX,
    LATE_MOST_PER_10000,
    STOP_MAX_S,
    ClassRules,
    EscortPattern,
    Patterns,
    WatchLimits,
    escort_for,
)

UPLOAD_BYTES_MAX: Final = 20_000_000
_MINUTE: Final = 60


class DecisionForm(forms.Form):
    klass = forms.TypedChoiceField(label=_("Class"), coerce=lambda text: RiskClass(int(text)), choices=[])
    until = forms.DateTimeField(
        label=_("Until"),
        help_text=_("Local time of the area. The decision ends by itself then."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What you know that the figures do not. Kept for ever, with your name."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["klass"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(int(klass)), capfirst(str(word))) for klass, word in CLASSES.items()]

    def ends_at(self, area: str) -> datetime:
        """The time as it is told there."""
        told: datetime = self.cleaned_data["until"]
        return told.replace(tzinfo=zone_of(area))


class GiveForm(forms.Form):
    file = forms.FileField(label=_("File"), help_text=_("CSV or XLSX, at most 20 MB."))
    mapping = forms.CharField(
        label=_("Mapping"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "class": "code-text"}),
        help_text=_("Which column says what. Leave it empty, and one is proposed from the file's heads."),
    )


class WeatherForm(forms.Form):
    weather = forms.FileField(
        label=_("Forecast or warning"),
        help_text=_("BMKG's JSON of villages, its XML of a province, or a warning in CAP 1.2."),
    )


class UseForm(forms.Form):
    measure = forms.ChoiceField(label=_("Measure"), choices=[])
    indicator = forms.ChoiceField(label=_("Stands in for"), choices=[])
    use_until = forms.DateTimeField(
        label=_("Until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    use_reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(
        self,
        *args: Any,
        measures: Iterable[tuple[str, str]],
        indicators: Iterable[tuple[str, str]],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        for name, choices in (("measure", measures), ("indicator", indicators)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = list(choices)


class TableForm(forms.Form):
    """A table of classes: every class a row, every number a field `<class>_<name>`."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, patterns: Patterns, regency: str, **more: Any) -> None:
        self.patterns, self.regency = patterns, regency
        first = {
            f"{key}_{name}": value
            for key, klass in CLASS_NAMES.items()
            for name, value in _numbers(patterns, klass, regency).items()
        }
        super().__init__(*args, **{**more, "initial": first})
        for name in first:
            most = next((most for end, most in _MOST.items() if name.endswith(end)), 100_000)
            self.fields[name] = forms.IntegerField(
                min_value=0,
                max_value=most,
                widget=forms.NumberInput(attrs={"class": "narrow"}),
            )

    def table(self, says: str) -> Patterns:
        """The table as filled in. For a regency its own patterns replace those of the Polres."""
        classes = {klass: self._rules(key, says) for key, klass in CLASS_NAMES.items()}
        polres = {} if self.regency else dict(self.patterns.polres)
        return Patterns(name=self.patterns.name, classes=classes, polres=polres)

    def rows(self) -> list[dict[str, Any]]:
        """For the template: a row per number, a cell per class."""
        names = list(_numbers(self.patterns, RiskClass.LOW, self.regency))
        return [
            {"label": LABELS.get(name, name), "cells": [self[f"{key}_{name}"] for key in CLASS_NAMES]}
            for name in names
        ]

    def _rules(self, key: str, says: str) -> ClassRules:
        def told(name: str) -> int:
            return int(self.cleaned_data[f"{key}_{name}"])

        return ClassRules(
            pattern=EscortPattern(police=told("police"), stations=told("stations"), linmas=told("linmas")),
            officers={mode: told(f"officers_{mode}") for mode in MODES},
            stations_per_vehicle=told("stations_per_vehicle"),
            second_checks=told("second_checks"),
            days_early=told("days_early"),
            limits=WatchLimits(
                silence_s=told("silence_min") * _MINUTE,
                stop_s=told("stop_min") * _MINUTE,
                corridor_m=told("corridor_m"),
            ),
            source=says,
            late_per_10000=told("late_per_10000"),
        )


_MOST: Final = {
    "days_early": DAYS_EARLY_MAX,
    "stop_min": STOP_MAX_S // _MINUTE,
    "late_per_10000": LATE_MOST_PER_10000,
}
LABELS: Final = {
    "police": _("Police on voting day"),
    "stations": _("for so many stations"),
    "linmas": _("with so many Linmas"),
    "officers_truck": _("Officers with a truck"),
    "officers_pickup": _("Officers with a pickup"),
    "officers_motorbike": _("Officers with a motorbike"),
    "officers_longboat": _("Officers with a longboat"),
    "officers_speedboat": _("Officers with a speedboat"),
    "officers_plane": _("Officers with a plane"),
    "officers_helicopter": _("Officers with a helicopter"),
    "officers_foot": _("Officers with porters"),
    "officers_horse": _("Officers with a pack horse"),
    "officers_ox_cart": _("Officers with an ox-cart"),
    "stations_per_vehicle": _("Most stations on one vehicle"),
    "second_checks": _("Second checks of the seals"),
    "days_early": _("Days before H-1"),
    "late_per_10000": _("Times a station may be late in 10,000"),
    "silence_min": _("Minutes of silence before the watch asks"),
    "stop_min": _("Minutes of standing before the watch asks"),
    "corridor_m": _("Metres off the way before the watch asks"),
}


def _numbers(patterns: Patterns, klass: RiskClass, regency: str) -> dict[str, int]:
    rules = patterns.classes[klass]
    pattern = escort_for(klass, patterns, regency)
    return {
        "police": pattern.police,
        "stations": pattern.stations,
        "linmas": pattern.linmas,
        **{f"officers_{mode}": rules.officers[mode] for mode in MODES},
        "stations_per_vehicle": rules.stations_per_vehicle,
        "second_checks": rules.second_checks,
        "days_early": rules.days_early,
        "late_per_10000": rules.late_per_10000,
        "silence_min": rules.limits.silence_s // _MINUTE,
        "stop_min": rules.limits.stop_s // _MINUTE,
        "corridor_m": rules.limits.corridor_m,
    }
