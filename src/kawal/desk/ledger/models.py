"""The log of record: exact signed bytes in order of arrival, tree tiles, signed checkpoints."""

from django.db import models


class Entry(models.Model):
    index = models.BigIntegerField(primary_key=True)  # 0, 1, 2 ... without a gap
    leaf_hash = models.BinaryField(max_length=32, unique=True)  # RFC 6962 leaf hash = the event's id
    signed = models.BinaryField()  # COSE_Sign1 exactly as received, at most 65,535 bytes
    received_at = models.DateTimeField()


class Tile(models.Model):
    """Hashes of one C2SP tile; the last of each level grows until it holds 256."""

    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()  # 32 bytes each, 1 to 256 of them

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "number"], name="tile_once")]


class Checkpoint(models.Model):
    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()  # C2SP signed note
    signed_at = models.DateTimeField()


class Former(models.Model):
    """An entry that stood in the log and stands there no more: an index was given twice, or the log was
    closed. The database lets an entry leave the log only when its bytes are kept here, for ever."""

    log = models.CharField(max_length=300)  # origin
    index = models.BigIntegerField()  # in that log
    leaf_hash = models.BinaryField(max_length=32)
    signed = models.BinaryField()
    received_at = models.DateTimeField()
    left_at = models.DateTimeField()  # real time
    why = models.CharField(max_length=20)  # recovered or closed

    class Meta:
        indexes = [models.Index(fields=["leaf_hash"], name="former_by_hash")]


class FormerTile(models.Model):
    """A tile of a log that was closed, as it was served."""

    log = models.CharField(max_length=300)  # origin
    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "level", "number"], name="former_tile_once")]


class FormerCheckpoint(models.Model):
    """A signed head of a log that was closed, with the cosignatures there were. The database lets a
    checkpoint leave only when it is kept here, for ever."""

    log = models.CharField(max_length=300)  # origin
    size = models.BigIntegerField()
    note = models.TextField()  # C2SP signed note, the log's own line first
    signed_at = models.DateTimeField()
    published = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "size"], name="former_checkpoint_once")]


class Head(models.Model):
    """Where the log stands and who may add to it; one row, changed by compare-and-set only (`pen`)."""

    size = models.BigIntegerField()  # entries; an append names the size it found
    epoch = models.BigIntegerField(default=0)  # counts who ever took the pen; the newest one writes
    log = models.CharField(max_length=400, blank=True)  # vkey of the log: another key never signs it
    holder = models.CharField(max_length=300, blank=True)  # who writes, for people; empty: nobody
    place = models.CharField(max_length=200, blank=True)  # the holder's home: it may take up its own pen
    held_since = models.DateTimeField(null=True)
    beat = models.BigIntegerField(default=0)  # moves while the holder lives
    barred = models.JSONField(null=True)  # why nothing may be added or signed: a refusal and its facts


class Publication(models.Model):
    """How a signed checkpoint went out: when it was shown, and whether its witnesses stood behind it."""

    size = models.BigIntegerField(primary_key=True)  # of the checkpoint
    begun_at = models.DateTimeField()  # real time, also in an exercise
    published_at = models.DateTimeField(null=True)  # real time; null: it waits for its witnesses
    quorum = models.BooleanField(null=True)  # null: no policy asked for witnesses


class Cosignature(models.Model):
    """A witness's line under a checkpoint, checked against the witness's key."""

    size = models.BigIntegerField()  # of the checkpoint
    witness = models.CharField(max_length=400)  # vkey
    line = models.TextField()
    cosigned_at = models.DateTimeField()  # by the witness
    received_at = models.DateTimeField()  # real time, also in an exercise

    class Meta:
        constraints = [models.UniqueConstraint(fields=["size", "witness"], name="cosigned_once")]
        indexes = [models.Index(fields=["witness", "-size"], name="cosigned_last")]


class WitnessState(models.Model):
    """Where we stand with a witness: what it cosigned last, as it says, and why it does not cosign more."""

    witness = models.CharField(max_length=400, primary_key=True)  # vkey
    size = models.BigIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)  # real time
    failure = models.CharField(max_length=40, blank=True)  # a code of words.FAILURES; empty: none
    facts = models.JSONField(default=dict)
    failed_since = models.DateTimeField(null=True)  # real time
