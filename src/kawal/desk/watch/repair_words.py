"""What a repair that was asked for on the page is at."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_lazy

from kawal.desk.plan.sure.repairing import Stage
from kawal.desk.watch.repairs import RepairFacts

_STAGES = {
    Stage.READING: gettext_lazy("the plan of record is read and judged"),
    Stage.CHANGING: gettext_lazy("changes are tried, the cheapest for its worth first"),
    Stage.HELPING: gettext_lazy("what help from outside would add is looked for"),
    Stage.SAVING: gettext_lazy("the new version is dated, checked and saved"),
}


def stage(told: RepairFacts) -> str:
    """Which step of how many; before it is begun that it waits."""
    if told.stage not in _STAGES:
        return gettext("it waits for its turn")
    steps = list(_STAGES)
    return gettext("step %(n)s of %(of)s: %(step)s") % {
        "n": steps.index(Stage(told.stage)) + 1, "of": len(steps), "step": _STAGES[Stage(told.stage)],
    }  # fmt: skip
