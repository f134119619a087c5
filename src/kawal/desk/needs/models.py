"""Computed needs: totals per run, and one row for every parcel that will change hands."""

from django.db import models


class RuleFile(models.Model):
    """The text of a rule file that was used, so that a result can be derived again for ever."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=60)
    text = models.TextField()


class NeedsRun(models.Model):
    """One computation over an area. What a single station needs is derived again from the rules."""

    area_code = models.CharField(max_length=13, db_index=True)
    rules_name = models.CharField(max_length=60)
    rules_sha256 = models.CharField(max_length=64)  # RuleFile
    at = models.DateTimeField()
    stations_count = models.IntegerField()
    voters_count = models.BigIntegerField()
    parcels_count = models.IntegerField()
    totals = models.JSONField()  # item code -> quantity
    changes = models.JSONField()  # {made, changed, unchanged, removed}: parcels


class Parcel(models.Model):
    code = models.BigIntegerField(primary_key=True)  # rules.needs.parcels
    station_code = models.CharField(max_length=13, db_index=True)
    kind = models.CharField(max_length=10)  # ballot type of a box, or bundle
    ballots_count = models.IntegerField()
    weight_g = models.IntegerField()
    volume_cm3 = models.IntegerField()
    seal_first = models.BigIntegerField(null=True)  # numbers seal_first .. seal_first + seals_count - 1
    seals_count = models.IntegerField(default=0)


class SealRange(models.Model):
    """The next free seal number of a regency. It only grows: a number once given is never given again."""

    regency = models.CharField(max_length=13, primary_key=True)
    seal_next = models.BigIntegerField()
