"""Named risk assessments per area, what they were made of, and what a chief decided against them."""

from django.db import models


class SpecFile(models.Model):
    """The text of a spec file that was used, so that a result can be explained for ever."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=60)
    text = models.TextField()


class RiskRun(models.Model):
    area_code = models.CharField(max_length=13, db_index=True)
    spec_name = models.CharField(max_length=60)
    spec_sha256 = models.CharField(max_length=64)  # SpecFile
    at = models.DateTimeField()
    villages_count = models.IntegerField()


class AreaRisk(models.Model):
    """The newest assessment of an area (village and, rolled up, every area above it inside the run)."""

    area_code = models.CharField(max_length=13, primary_key=True)
    run = models.ForeignKey(RiskRun, on_delete=models.PROTECT)
    score = models.FloatField()  # 0 (safe) .. 100; rolled up: mean by voters
    klass = models.SmallIntegerField()  # rules.risk.classes.RiskClass
    reasons = models.JSONField()  # [{indicator, value, unit, points}] largest first
    # village: {indicator: value or null}; rolled up: {worst, classes: [n of each], villages, voters}
    indicators = models.JSONField()


class IndicatorImport(models.Model):
    """One file of given indicators and everything that was said about it, saved or not."""

    file = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=200)
    dated = models.DateField()  # of the data, not of the import
    at = models.DateTimeField()
    saved = models.BooleanField()
    values_count = models.IntegerField()
    notices = models.JSONField()  # [{code, severity, file, row, field, value, expected}]


class AreaIndicator(models.Model):
    """A given value, the newest told for this area and indicator."""

    area_code = models.CharField(max_length=13)
    indicator = models.CharField(max_length=40)
    value = models.FloatField()
    told = models.ForeignKey(IndicatorImport, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area_code", "indicator"], name="one_value_each")]


class RiskOverride(models.Model):
    """A chief's decision with its reason; kept for ever, the last unexpired one counts."""

    area_code = models.CharField(max_length=13, db_index=True)
    klass = models.SmallIntegerField()
    reason = models.TextField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
