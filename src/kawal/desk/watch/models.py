"""Alerts, the ladder each of them climbs, and every act on it."""

from django.db import models
from django.db.models import Q


class Alert(models.Model):
    """One per cause. The ladder is frozen into it when it opens."""

    cause = models.CharField(max_length=120, unique=True)  # what it is about: delay:<trip>, <kind>:<area> ...
    kind = models.CharField(max_length=30, db_index=True)
    severity = models.SmallIntegerField()  # 1 notice, 2 warning, 3 urgent
    area_code = models.CharField(max_length=13, db_index=True)
    station_code = models.CharField(max_length=13, blank=True)
    trip_code = models.CharField(max_length=40, blank=True)
    facts = models.JSONField()
    opened_at = models.DateTimeField()
    ladder = models.JSONField()  # [{post, told: [posts], wait_s}] Polsek first, Mabes last
    step = models.SmallIntegerField(default=0)  # where on the ladder it stands
    climb_at = models.DateTimeField(null=True)  # without an answer it climbs then; null: nothing is due
    acknowledged_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)  # first look at which its sign was away
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=40, blank=True)  # post; blank where it closed by itself
    close_reason = models.CharField(max_length=200, blank=True)
    postponed_until = models.DateTimeField(null=True)  # a look at it failed: it must not stop the others

    class Meta:
        indexes = [
            models.Index(fields=["area_code"], condition=Q(closed_at__isnull=True), name="alert_open"),
        ]


class RepairRun(models.Model):
    """A repair of a plan that was asked for on the page (watch.repairs); its row tells what became of it."""

    area_code = models.CharField(max_length=13, db_index=True)
    what_if = models.BooleanField()
    reason = models.TextField()
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()  # also the hour at which the new version is made
    base_version = models.IntegerField()  # of record when it was asked for
    newest_version = models.IntegerField()
    begun_at = models.DateTimeField(null=True)  # real time, in an exercise too
    alive_at = models.DateTimeField(null=True)  # last word of its process; real time
    stage = models.CharField(max_length=10, blank=True)
    outcome = models.CharField(max_length=10, blank=True)  # watch.repairs.Outcome; empty: underway
    version = models.IntegerField(null=True)  # that was made
    code = models.CharField(max_length=40, blank=True)  # of the refusal
    facts = models.JSONField(default=dict)  # of the refusal

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area_code"], condition=Q(outcome=""), name="one_repair_underway_each"
            ),
        ]


class AlertAct(models.Model):
    """What happened to an alert, when and by whom (rules.watch.climb.Act)."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="acts")
    at = models.DateTimeField()
    act = models.CharField(max_length=14)
    post = models.CharField(max_length=40, blank=True)  # who did it, or whom it went to
    by = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=200, blank=True)
