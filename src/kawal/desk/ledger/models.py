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
