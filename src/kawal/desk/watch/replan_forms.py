"""What went wrong, as somebody at the desk tells it: one thing by fields, more of them as a file's text."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from kawal.desk.plan.words import MODES

_KINDS = {
    "": _("Nothing more: only what waits for trips that run late"),
    "closed": _("An area is cut off"),
    "held": _("A site is locked"),
    "withdrawn": _("A vehicle is out of order"),
    "fewer": _("An area has fewer vehicles"),
    "more": _("An area gets more vehicles"),
    "mode_lost": _("A mode does not run in an area"),
    "absent": _("Officers of a post are absent"),
}
_PLACE = {"closed": "area", "held": "site", "withdrawn": "vehicle", "absent": "post"}
_COUNT = {"fewer": "count", "more": "count", "absent": "officers"}


class ReplanForm(forms.Form):
    kind = forms.ChoiceField(label=_("What happened"), required=False, choices=list(_KINDS.items()))
    place = forms.CharField(
        label=_("Where"),
        required=False,
        max_length=64,
        help_text=_(
            "Code of the area, site, vehicle or post, such as 16.07.03, GDG-16.07, truck-16.07-01 or "
            "polri/16.07.03."
        ),
    )
    mode = forms.ChoiceField(label=_("Mode"), required=False)
    count = forms.IntegerField(label=_("How many"), required=False, min_value=1, max_value=500)
    start = forms.DateTimeField(
        label=_("From"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], help_text=_("Local time; empty: already."),
    )  # fmt: skip
    end = forms.DateTimeField(
        label=_("Until"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], help_text=_("Local time; empty: for good."),
    )  # fmt: skip
    more = forms.CharField(
        label=_("More of it"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "code"}),
        help_text=_("As in a file of disruptions (TOML)."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["mode"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "–"), *((mode.value, capfirst(str(word))) for mode, word in MODES.items())]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        kind = told.get("kind")
        if kind and not told.get("place"):
            self.add_error("place", _("Say where."))
        if kind in ("fewer", "more", "mode_lost") and not told.get("mode"):
            self.add_error("mode", _("Say which mode."))
        if kind in _COUNT and not told.get("count"):
            self.add_error("count", _("Say how many."))
        return told

    def text(self) -> str:
        """As a file of disruptions (rules.plan.anew.disruption)."""
        told = self.cleaned_data
        kind = told["kind"]
        rows = []
        if kind:
            rows.append(f"[[{kind}]]")
            rows.append(f"{_PLACE.get(kind, 'area')} = {_quoted(told['place'].strip())}")
            if kind in ("fewer", "more", "mode_lost"):
                rows.append(f"mode = {_quoted(told['mode'])}")
            if kind in _COUNT:
                rows.append(f"{_COUNT[kind]} = {told['count']}")
            rows += [
                f"{key} = {_moment(told[name])}" for key, name in (("from", "start"), ("until", "end"))
                if told[name]
            ]  # fmt: skip
        return "\n".join([*rows, told["more"].replace("\r\n", "\n")])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _moment(at: datetime) -> str:
    """Local to the regency, as the reader of the file takes an hour without an offset."""
    return at.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")
