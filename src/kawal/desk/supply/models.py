"""Suppliers, and what their warehouses announced: events as they came, and what they may be asked by."""

from django.db import models


class Supplier(models.Model):
    name = models.CharField(max_length=120, unique=True)
    token_sha256 = models.CharField(max_length=64, unique=True)  # hex; the token itself is kept nowhere
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class Capture(models.Model):
    """A document that came in, and what became of it."""

    code = models.CharField(max_length=40, primary_key=True)  # captureID
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT)
    created_at = models.DateTimeField(db_index=True)
    finished_at = models.DateTimeField()
    behaviour = models.CharField(max_length=10)  # rollback or proceed
    success = models.BooleanField()
    errors = models.JSONField(default=list)  # of wording.problem
    events_count = models.IntegerField()  # taken in by this document
    context = models.TextField(blank=True)  # JSON text, as it came
    header = models.TextField(blank=True)  # JSON text of epcisHeader, as it came


class Event(models.Model):
    """The text is the event; the columns are what it can be asked by."""

    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT)
    capture = models.ForeignKey(Capture, on_delete=models.PROTECT, related_name="events")
    event_id = models.CharField(max_length=2000)
    fingerprint = models.CharField(max_length=64)
    text = models.TextField()  # JSON, as it came
    kind = models.CharField(max_length=2000)  # ObjectEvent ..., or a URI of somebody's own
    action = models.CharField(max_length=10, blank=True)
    step = models.CharField(max_length=2000, blank=True)
    disposition = models.CharField(max_length=2000, blank=True)
    read_point = models.CharField(max_length=2000, blank=True)
    location = models.CharField(max_length=2000, blank=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["supplier", "event_id"], name="captured_once")]
        indexes = [models.Index(fields=["step", "happened_at"], name="captured_by_step")]


class Name(models.Model):
    """An identifier in an event, by where it stands in it."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE)
    place = models.CharField(max_length=8)  # epc, child, parent, input, output or paper
    name = models.CharField(max_length=2000, db_index=True)
