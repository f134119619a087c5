"""What the refusals of the exercise clock mean, for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "exercise_runs": _("An exercise runs already. End it before another begins."),
    "no_exercise": _("No exercise runs: the clock is the real one."),
    "clock_backwards": _("The clock of an exercise does not go back: it is %(now)s."),
    "bad_speed": _("The speed of the clock is a number, 0 or more."),
}
