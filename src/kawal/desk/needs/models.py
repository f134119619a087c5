"""Computed needs: totals per run, and one row for every parcel that will change hands."""

from django.db import models


class NeedsRun(models.Model):
    """One computation over an area. What a single station needs is derived again from the rules."""

    area_code = models.CharField(max_length=13, db_index=True)
    rules_name = models.CharField(max_length=60)
    rules_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    stations_count = models.IntegerField()
    voters_count = models.BigIntegerField()
    totals = models.JSONField()  # item code -> quantity


class Parcel(models.Model):
    code = models.BigIntegerField(primary_key=True)  # rules.needs.parcels
    station_code = models.CharField(max_length=13, db_index=True)
    kind = models.CharField(max_length=10)  # ballot type of a box, or bundle
    ballots_count = models.IntegerField()
    weight_g = models.IntegerField()
    volume_cm3 = models.IntegerField()
    seal_first = models.BigIntegerField(null=True)  # numbers seal_first .. seal_first + seals_count - 1
    seals_count = models.IntegerField(default=0)
