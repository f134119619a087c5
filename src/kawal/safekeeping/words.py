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
