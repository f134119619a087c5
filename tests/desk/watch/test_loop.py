import logging
import threading

import pytest

from kawal.desk.clock import actions as clock
from kawal.desk.plan.models import Trip
from kawal.desk.watch import loop
from kawal.desk.watch.models import Alert
from tests.desk.watch.tables import put_plan
from tests.rules.watch.world import HOUR, MORNING, boat


class Stop(threading.Event):
    """Told to stop after the second look; after the first, the row that made it fail is mended."""

    looks = 0

    def wait(self, timeout=None):
        self.looks += 1
        Trip.objects.update(mode="speedboat")
        if self.looks == 2:
            self.set()
        return super().wait(0)


@pytest.mark.django_db(transaction=True)
def test_a_look_that_fails_does_not_end_the_watch_and_being_told_to_stop_does(caplog):
    put_plan([boat()])
    Trip.objects.update(mode="balloon")  # no such mode
    clock.begin(name="16.07", seed=1, sim_at=MORNING + 3 * HOUR, speed=0.0, token="t")
    stop = Stop()
    with caplog.at_level(logging.ERROR):
        loop.run(stop, every_s=0.0)
    assert stop.looks == 2 and caplog.text.count("a look failed") == 1
    assert Alert.objects.count() == 1
