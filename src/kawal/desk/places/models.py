"""Areas, their borders, sites and stations, and what each import said."""

from django.db import models


class Area(models.Model):
    code = models.CharField(max_length=13, primary_key=True)  # the code is the tree: rules.places.codes
    level = models.CharField(max_length=8, db_index=True)
    name = models.CharField(max_length=120)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    area_km2 = models.FloatField(null=True)
    population = models.BigIntegerField(null=True)


class Border(models.Model):
    """The area's polygon as a GeoJSON geometry (WGS 84)."""

    area = models.OneToOneField(Area, primary_key=True, on_delete=models.CASCADE)
    geometry = models.TextField()


class Site(models.Model):
    """Warehouse, PPK or PPS. A station is a site of its own kind and has its own table."""

    code = models.CharField(max_length=20, primary_key=True)
    kind = models.CharField(max_length=12)
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    name = models.CharField(max_length=120)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    source = models.CharField(max_length=10)  # given, generated
    precision_m = models.IntegerField(null=True)


class Station(models.Model):
    code = models.CharField(max_length=13, primary_key=True)
    village = models.ForeignKey(Area, on_delete=models.PROTECT)
    number = models.IntegerField()
    voters = models.IntegerField()
    voter_list = models.CharField(max_length=60)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    source = models.CharField(max_length=10)
    precision_m = models.IntegerField(null=True)


class ImportRun(models.Model):
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    files = models.JSONField()  # [{name, sha256, rows}]
    counts = models.JSONField()  # {areas, borders, sites, stations, voters}
    notices = models.JSONField()  # [{code, severity, file, row, field, value, mend}]
