"""What the signed events add up to. Every table here can be rebuilt from the log by one command."""

from django.db import models


class ParcelStory(models.Model):
    """All that was told about one parcel, and what follows from it (rules.custody.standing)."""

    parcel_code = models.BigIntegerField(primary_key=True)
    station_code = models.CharField(max_length=13, db_index=True)
    told = models.BinaryField()  # the facts told, in no particular order (rules.custody.facts)
    stage = models.SmallIntegerField()
    holder = models.CharField(max_length=16, blank=True)  # kid of the device whose officer holds it
    site_code = models.CharField(max_length=20, blank=True)
    offered = models.BooleanField(default=False)  # an OFFER is open: named, not yet taken
    disputed = models.BooleanField(default=False)
    received_at = models.DateTimeField(null=True)  # accepted at its own station: the legal event
    findings_count = models.IntegerField(default=0)
    changed_at = models.DateTimeField()


class StationProgress(models.Model):
    station_code = models.CharField(max_length=13, primary_key=True)
    village_code = models.CharField(max_length=13, db_index=True)
    stage = models.SmallIntegerField()  # of its slowest parcel
    received_at = models.DateTimeField(null=True)  # when the last of its parcels was received
    on_time = models.BooleanField(null=True)  # as counted in its areas; null: not received, or no plan
    findings_count = models.IntegerField(default=0)


class AreaProgress(models.Model):
    """Roll-up kept in the same transaction, so that a page of any level costs the same."""

    area_code = models.CharField(max_length=13, primary_key=True)
    parent_code = models.CharField(max_length=13, db_index=True)  # the nation is nobody's child: `-`
    stations_by_stage = models.JSONField(default=dict)  # stage number (as text) -> stations
    received_on_time = models.IntegerField(default=0)
    received_late = models.IntegerField(default=0)
    findings_count = models.IntegerField(default=0)


class Finding(models.Model):
    """The world broke a rule. Never deleted; a late event that explains it sets `cleared_at`."""

    key = models.CharField(max_length=120, primary_key=True)  # rule + what it is about: told twice, once kept
    kind = models.CharField(max_length=30)  # rules.custody.findings.KINDS
    rule = models.CharField(max_length=4, db_index=True)  # C1 .. C12
    parcel_code = models.BigIntegerField(null=True, db_index=True)
    station_code = models.CharField(max_length=13, blank=True, db_index=True)
    area_code = models.CharField(max_length=13, db_index=True)  # village, or where the site is
    entry_index = models.BigIntegerField()  # of the first event that shows it
    facts = models.JSONField()
    found_at = models.DateTimeField()
    found_index = models.BigIntegerField(db_index=True)  # size of the log when it was found, or came back
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "cleared_at"])]


class EventLink(models.Model):
    """Where an event stands in its device's chain, and which OFFER it takes."""

    entry_index = models.BigIntegerField(primary_key=True)
    kid = models.CharField(max_length=16)
    seq = models.BigIntegerField()
    event_id = models.BinaryField(max_length=32)
    prev = models.BinaryField(max_length=32, null=True)
    offer = models.BinaryField(max_length=32, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["kid", "seq"]),
            models.Index(fields=["kid", "prev"]),
            models.Index(fields=["offer"], name="link_offer", condition=models.Q(offer__isnull=False)),
        ]


class EventRef(models.Model):
    """Who names whom: an event's id (32 bytes), then the log index of an event that refers to it (8)."""

    key = models.BinaryField(max_length=40, primary_key=True)


class EventDoubt(models.Model):
    """An event that does not count by itself (rules.custody.doubts)."""

    entry_index = models.BigIntegerField(primary_key=True)
    event_id = models.BinaryField(max_length=32, db_index=True)
    kid = models.CharField(max_length=16, db_index=True)
    why = models.CharField(max_length=12)  # rules.trust.register.Why
    counts = models.BooleanField()  # somebody vouches for it


class Fork(models.Model):
    """A device whose chain is forked: its key is in two hands, or was copied. The proof is two entries."""

    kid = models.CharField(max_length=16, primary_key=True)
    seq = models.BigIntegerField()  # from this number on


class Milestone(models.Model):
    """What was told about a planned trip at a site: offered, departed, arrived, accepted."""

    trip_code = models.CharField(max_length=40)
    site_code = models.CharField(max_length=20)
    kind = models.CharField(max_length=10)
    happened_at = models.DateTimeField()  # by the phone
    received_at = models.DateTimeField()
    entry_index = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trip_code", "site_code", "kind"], name="milestone_once")
        ]


class Position(models.Model):
    """Newest position told for a trip, and the track behind it (rules.custody.track)."""

    trip_code = models.CharField(max_length=40, primary_key=True)
    lat = models.FloatField()
    lon = models.FloatField()
    accuracy_m = models.IntegerField()
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    heard_at = models.DateTimeField()  # when the hub last heard any position of it, however old
    entry_index = models.BigIntegerField()  # of the last one heard: another number, maybe another track
    track = models.BinaryField()


class Incident(models.Model):
    entry_index = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=30)
    trip_code = models.CharField(max_length=40, blank=True)
    site_code = models.CharField(max_length=20, blank=True)
    area_code = models.CharField(max_length=13, db_index=True)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()


class Projection(models.Model):
    """One row: how far the log has been folded into the tables above."""

    up_to_index = models.BigIntegerField(default=0)  # entries below this index are folded


class Unfolded(models.Model):
    """An entry at which the program failed: it is in the log, and missing in the tables above."""

    entry_index = models.BigIntegerField(primary_key=True)
    received_at = models.DateTimeField()
    error = models.TextField()
