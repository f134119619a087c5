"""Named indices and what they say, assessments made of them, what moves them, and what people decided."""

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
    noted = models.JSONField(null=True)  # {klass, score, points}: as RiskChange last told, or as first scored
    voters = models.BigIntegerField(default=0)  # by which it is weighed above
    checks = models.JSONField(null=True)  # village: {replications, shares, low, high}, where they were made
    moved = models.JSONField(default=dict)  # village: {indicator: strength} that influences added


class IndicatorImport(models.Model):
    """One file of given values and everything that was said about it, saved or not."""

    index = models.CharField(max_length=40, default="given")  # rules.risk.indices
    file = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=200)  # the publisher
    dated = models.DateField()  # of the data, not of the import
    denominator = models.CharField(max_length=200, blank=True)  # what the values are shares or counts of
    licence = models.CharField(max_length=200, blank=True)
    mapping = models.TextField(blank=True)  # as used (rules.risk.mapping), so that it can be done again
    area_code = models.CharField(max_length=13, blank=True)  # nothing beyond this area was taken in
    by = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    saved = models.BooleanField()
    values_count = models.IntegerField()
    changed_count = models.IntegerField(default=0)  # of them, how many were new or different
    notices = models.JSONField()  # [{code, severity, file, row, field, value, expected}]


class AreaIndicator(models.Model):
    """A given value, the newest told for this area, index and indicator."""

    area_code = models.CharField(max_length=13)
    index = models.CharField(max_length=40, default="given")
    indicator = models.CharField(max_length=40)
    value = models.FloatField()
    told = models.ForeignKey(IndicatorImport, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area_code", "index", "indicator"], name="one_value_each")
        ]


class IndexUse(models.Model):
    """A person's decision that an index which answers another question is used as route risk."""

    area_code = models.CharField(max_length=13, db_index=True)  # there and below
    index = models.CharField(max_length=40)
    measure = models.CharField(max_length=40)
    indicator = models.CharField(max_length=40)  # of the composite; the measure stands in for it
    reason = models.TextField()
    by = models.CharField(max_length=80)
    post = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True)


class RiskOverride(models.Model):
    """A decision on the class of an area and all below it; kept for ever.

    One person raises: no class below it counts while it holds. Lowering waits for a second person, and
    from then on the class is exactly this one (rules.risk.decisions).
    """

    area_code = models.CharField(max_length=13, db_index=True)
    klass = models.SmallIntegerField()
    reason = models.TextField()
    by = models.CharField(max_length=80)
    post = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    lowers = models.BooleanField(default=False)  # some area below it was in a worse class: needs a second
    confirmed_by = models.CharField(max_length=80, blank=True)
    confirmed_post = models.CharField(max_length=40, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    declined_by = models.CharField(max_length=80, blank=True)
    declined_at = models.DateTimeField(null=True)
    declined_reason = models.TextField(blank=True)


class RiskChange(models.Model):
    """What became of an area's class or score, when and why; never changed, never deleted."""

    area_code = models.CharField(max_length=13)
    at = models.DateTimeField()
    cause = models.CharField(max_length=12)  # computed, moved, decided, ended
    klass_before = models.SmallIntegerField(null=True)  # what counted, decisions applied
    klass = models.SmallIntegerField()
    score_before = models.FloatField(null=True)
    score = models.FloatField()
    why = models.JSONField()  # [{indicator, before, after}] points, the largest change first

    class Meta:
        indexes = [models.Index(fields=["area_code", "at"]), models.Index(fields=["at"])]


class Influence(models.Model):
    """Something told that moves an indicator for a while (rules.risk.living); told again, it is one."""

    key = models.CharField(max_length=160, primary_key=True)
    kind = models.CharField(max_length=30)  # of the living table
    area_code = models.CharField(max_length=13, db_index=True)  # there and below
    indicator = models.CharField(max_length=40)
    strength = models.FloatField()  # -1..1 of the way to the worst, or back to the safe
    half_life_s = models.IntegerField(default=86_400)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)  # from then on it fades; null: it goes on
    over_at = models.DateTimeField(null=True, db_index=True)  # nothing of it is left; null: nobody knows
    told_at = models.DateTimeField(db_index=True)
    source = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)  # taken back: a warning withdrawn, a finding explained


class Refreshed(models.Model):
    """One row: when the classes last followed the influences, and when they must again."""

    at = models.DateTimeField()
    next_at = models.DateTimeField()
    regencies = models.JSONField(default=list)  # in which something moved then


class PatternTable(models.Model):
    """What a class means in an area from then on: a version with its reason; none is ever overwritten."""

    area_code = models.CharField(max_length=13)
    version = models.IntegerField()
    text = models.TextField()  # TOML (rules.risk.patterns)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    post = models.CharField(max_length=40, blank=True)
    reason = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area_code", "version"], name="pattern_version_once")]
