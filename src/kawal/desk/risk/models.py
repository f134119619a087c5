"""Named risk assessments per area, and what a chief decided against them."""

from django.db import models


class RiskRun(models.Model):
    area_code = models.CharField(max_length=13, db_index=True)
    spec_name = models.CharField(max_length=60)
    spec_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()


class AreaRisk(models.Model):
    """The newest assessment of an area (village and, rolled up, district and regency)."""

    area_code = models.CharField(max_length=13, primary_key=True)
    run = models.ForeignKey(RiskRun, on_delete=models.CASCADE)
    score = models.FloatField()  # 0 (safe) .. 100
    klass = models.SmallIntegerField()  # rules.risk.classes.RiskClass
    reasons = models.JSONField()  # [{indicator, value, unit, points}] largest first
    indicators = models.JSONField()  # indicator -> value or null


class RiskOverride(models.Model):
    """A chief's decision with its reason; kept for ever, the last unexpired one counts."""

    area_code = models.CharField(max_length=13, db_index=True)
    klass = models.SmallIntegerField()
    reason = models.TextField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
