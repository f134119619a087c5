"""Why the hub does not start, for people. Translated in desk/ledger/locale with the door's words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kawal.desk.ledger import words as ledger

REFUSALS = {
    **ledger.REFUSALS,
    "hub_runs": _("A hub already runs in %(home)s."),
    "restore_unfinished": _(
        "A backup was being put into %(home)s and was cut off: run kawal restore again first."
    ),
    "host_not_named": _(
        "%(host)s can be reached from outside: name the hosts the hub answers for in KAWAL_HOSTS first."
    ),
    "database_newer": _("The database was made by a newer Kawal (%(migration)s): install that version."),
    "database_shut": _(
        "The database of %(home)s cannot be used (%(detail)s): is the disk full, or may nobody write there?"
    ),
    "port_taken": _("Cannot listen on %(host)s port %(port)s: %(detail)s"),
}
