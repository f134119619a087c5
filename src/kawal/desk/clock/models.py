"""The clock of an exercise: a rehearsal may move time; a real distribution never has this row."""

from django.db import models


class Exercise(models.Model):
    """At most one row. `sim_at` was the time of the exercise at `real_at`; it runs `speed` times as fast."""

    name = models.CharField(max_length=120)
    seed = models.BigIntegerField()
    sim_at = models.DateTimeField()
    real_at = models.DateTimeField()
    speed = models.FloatField(default=0.0)  # 0 stands still until it is moved
    token = models.CharField(max_length=64)  # who may move it
