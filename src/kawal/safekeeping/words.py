"""Why a backup, a restore or a recovery was refused, for people."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kawal.desk.ledger import words as ledger
from kawal.rules.refusals import Refused
from kawal.serve import words as serve
from kawal.verify.words import REFUSALS as OUTSIDERS

REFUSALS = {
    "source_behind": _(
        "The source holds %(size)s entries, and %(source)s remembers %(signed_size)s: ask somebody who has "
        "them all."
    ),
    "source_not_cosigned": _(
        "The source's checkpoint lacks the cosignatures that the policy asks for (%(quorum)s); it has: "
        "%(cosigned)s."
    ),
    "source_differs": _(
        "The source's entries are not the %(size)s that this log signed. Nothing was changed."
    ),
    "entry_bad": _("Entry %(index)s of the source is not validly signed. Nothing was changed."),
    "fork_signed": _(
        "This copy signed %(signed_size)s entries that contradict what the log signed before: it shares "
        "only the first %(size)s. Such a log cannot be mended; close it and open a successor."
    ),
    "file_exists": _("%(file)s is there already; nothing was saved."),
    "file_unwritable": _("%(file)s cannot be written: %(detail)s"),
    "backup_unreadable": _("%(file)s is not a backup that can be read: %(detail)s"),
    "backup_changed": _("%(file)s is damaged: its bytes are not those that were saved."),
    "backup_newer": _("%(file)s is in a format that this Kawal does not know (%(format)s)."),
    "backup_not_good": _("The backup is not good, nothing was kept of it: %(detail)s"),
    "database_damaged": _("The database itself is damaged: %(detail)s"),
    "home_not_empty": _("A backup is restored into an empty home only; this one holds %(what)s."),
    "keys_missing": _("%(file)s was saved without keys."),
    "not_sealed": _("The keys in the backup are not in a format that this Kawal knows."),
    "wrong_passphrase": _("The passphrase does not open the keys, or their bytes were changed."),
    "passphrase_unreadable": _("The passphrase cannot be read from %(file)s: %(detail)s"),
    "token_unreadable": _("The token cannot be read from %(file)s: %(detail)s"),
}
_TABLES = (REFUSALS, ledger.REFUSALS, serve.REFUSALS)


def said(refused: Refused) -> str:
    """A refusal in the language in use."""
    for table in _TABLES:
        if refused.code in table:
            return str(table[refused.code]) % refused.facts
    if refused.code in OUTSIDERS:
        english, indonesian = OUTSIDERS[refused.code]
        return (indonesian if (get_language() or "").startswith("id") else english) % refused.facts
    return str(refused)
