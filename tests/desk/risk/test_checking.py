"""How sure a class is: the same by seed, kept with each village, told in words on its page."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from kawal.desk.risk import actions, checking, explaining, reads
from kawal.desk.risk.models import AreaRisk
from kawal.rules.refusals import Refused

from ..needs.places_of import VILLAGES, regency
from .test_moving import NOW

pytestmark = pytest.mark.django_db
FAR = list(VILLAGES)[2]


def test_every_village_keeps_how_often_it_has_which_class() -> None:
    regency()
    actions.compute("16.07", now=NOW)
    heard: list[int] = []
    done = checking.check("16.07", now=NOW, replications=60, progress=heard.append)
    assert (done.villages, done.replications, heard[-1]) == (3, 60, 60)
    for code in VILLAGES:
        found = reads.assessment(code, now=NOW)
        assert found.checks is not None
        assert sum(found.checks.shares) == pytest.approx(1, abs=0.001)
        assert found.checks.low <= found.score <= found.checks.high
    kept = AreaRisk.objects.get(pk=FAR).checks
    checking.check("16.07", now=NOW, replications=60)
    assert AreaRisk.objects.get(pk=FAR).checks == kept


def test_the_page_says_how_often_it_would_be_another_class() -> None:
    regency()
    actions.compute("16.07", now=NOW)
    row = AreaRisk.objects.get(pk=FAR)
    shares = [0.0, 0.0, 0.08, 0.92] if row.klass == 4 else [0.0, 0.0, 0.92, 0.08]
    row.checks = {"replications": 1000, "shares": shares, "low": 40.0, "high": 95.0}
    row.save()
    with override("en"):
        told = explaining.sentence(reads.assessment(FAR, now=NOW))
    other = "highly vulnerable" if row.klass == 4 else "special"
    assert told.endswith(f"It would be {other} in 8 % of the checks.")
    row.checks["shares"] = [0.0, 0.0, 0.0, 0.0]
    row.checks["shares"][row.klass - 1] = 1.0
    row.save()
    with override("id"):
        assert explaining.sentence(reads.assessment(FAR, now=NOW)).endswith("sama dalam semua 1.000 uji.")


@pytest.mark.parametrize("count", [0, 100_001])
def test_no_check_and_too_many_are_refused(count: int) -> None:
    with pytest.raises(Refused) as refused:
        checking.check("16.07", now=NOW, replications=count)
    assert refused.value.code == "too_many_checks"


def test_what_was_not_scored_cannot_be_checked() -> None:
    with pytest.raises(Refused) as refused:
        checking.check("16.07", now=NOW)
    assert refused.value.code == "risk_not_computed"


def test_a_mild_class_is_not_said_to_be_so_because_of_what_adds_to_it() -> None:
    regency()
    actions.compute("16.07", now=NOW)
    AreaRisk.objects.filter(pk=FAR).update(klass=1)
    with override("en"):
        assert explaining.sentence(reads.assessment(FAR, now=NOW)).startswith("Low risk. What adds most: ")
    AreaRisk.objects.filter(pk=FAR).update(klass=3)
    with override("id"):
        assert explaining.sentence(reads.assessment(FAR, now=NOW)).startswith("Sangat rawan karena: ")
