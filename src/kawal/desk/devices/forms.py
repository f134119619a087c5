"""What an officer tells when adding or revoking a device."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kawal.desk.devices.words import REASONS
from kawal.desk.people.words import ROLES


class AddForm(forms.Form):
    role = forms.ChoiceField(label=_("What it signs as"))
    label = forms.CharField(
        label=_("What you call it"), max_length=80, required=False,
        help_text=_("Only your office sees it; it does not go into the log."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    succeeds = forms.ChoiceField(label=_("In the place of"), required=False)

    def __init__(self, *args: Any, roles: list[str], devices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role, succeeds = self.fields["role"], self.fields["succeeds"]
        assert isinstance(role, forms.ChoiceField) and isinstance(succeeds, forms.ChoiceField)
        role.choices = [(one, words) for one, words in ROLES.items() if one in roles]
        succeeds.choices = [("", _("no other device")), *devices]


class RevokeForm(forms.Form):
    reason = forms.TypedChoiceField(
        label=_("Reason"), coerce=int, choices=[(str(int(one)), words) for one, words in REASONS.items()]
    )
    last = forms.RegexField(
        label=_("Last event that its owner vouches for"), regex="^[0-9a-f]{64}$", required=False,
        help_text=_("Its id. All that it signed up to there counts, however late. You may add it later."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


class RenewForm(forms.Form):
    vouch = forms.BooleanField(
        label=_("I vouch for everything that this device has told so far"), required=False,
        help_text=_("Then what came after its certificate had ended counts."),
    )  # fmt: skip
