"""Alerts, the ladder each of them climbs, and every act on it."""

from django.db import models


class Alert(models.Model):
    """One per cause. The ladder is frozen into it when it opens."""

    cause = models.CharField(max_length=120, unique=True)  # kind + what it is about
    kind = models.CharField(max_length=30, db_index=True)
    severity = models.SmallIntegerField()  # 1 notice, 2 warning, 3 urgent
    area_code = models.CharField(max_length=13, db_index=True)
    station_code = models.CharField(max_length=13, blank=True)
    trip_code = models.CharField(max_length=40, blank=True)
    facts = models.JSONField()
    opened_at = models.DateTimeField()
    ladder = models.JSONField()  # [{post, told: [posts], wait_s}] Polsek first, Mabes last
    step = models.SmallIntegerField(default=0)  # where on the ladder it stands
    climb_at = models.DateTimeField(null=True, db_index=True)  # when to look again; null: nothing more to do
    acknowledged_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    close_reason = models.CharField(max_length=200, blank=True)


class AlertAct(models.Model):
    """Opened, acknowledged, climbed, closed: what happened to an alert, when and by whom."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="acts")
    at = models.DateTimeField()
    act = models.CharField(max_length=14)
    post = models.CharField(max_length=40, blank=True)
    by = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=200, blank=True)
