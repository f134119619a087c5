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


class AreaTotals(models.Model):
    """Roll-up kept in the same transaction as the stations; the nation's row has the empty code."""

    area_code = models.CharField(max_length=13, primary_key=True)
    stations = models.IntegerField()
    voters = models.BigIntegerField()
    villages = models.IntegerField()
    districts = models.IntegerField()


class Border(models.Model):
    """The area's polygon as a GeoJSON geometry (WGS 84)."""

    area = models.OneToOneField(Area, primary_key=True, on_delete=models.CASCADE)
    geometry = models.TextField()


class Site(models.Model):
    """Warehouse, PPK or PPS. A station is a site of its own kind and has its own table."""

    code = models.CharField(max_length=20, primary_key=True)
    kind = models.CharField(max_length=12)
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    name = models.CharField(max_length=140)  # a generated one is the area's name and what it is
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    source = models.CharField(max_length=10)  # given, generated
    precision_m = models.IntegerField(null=True)


class Station(models.Model):
    code = models.CharField(max_length=13, primary_key=True)
    # No index of its own: the code begins with the village's digits, so a village is a range of codes.
    village = models.ForeignKey(Area, on_delete=models.PROTECT, db_index=False)
    number = models.IntegerField()
    voters = models.IntegerField()
    voter_list = models.CharField(max_length=60)
    name = models.CharField(max_length=120, blank=True)  # where it stands, when the file says so
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    source = models.CharField(max_length=10)
    precision_m = models.IntegerField(null=True)


class ImportRun(models.Model):
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    files = models.JSONField()  # [{name, sha256, rows}]
    counts = models.JSONField()  # {told: {areas, borders, ...}, written: {...}, notices: {code: count}}
    notices = models.JSONField()  # [{code, severity, file, row, field, value, expected}], kept ones
