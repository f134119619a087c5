"""What issuers said in the log, which rebuilds these tables; and codes by which phones are enrolled."""

from django.db import models


class Issuer(models.Model):
    kid = models.CharField(max_length=16, primary_key=True)
    agency = models.CharField(max_length=12, db_index=True)
    public_key = models.BinaryField(max_length=32)
    entry_index = models.BigIntegerField()  # of its announcement
    endorsed_by = models.CharField(max_length=16, blank=True)  # kid of the issuer before
    said_s = models.BigIntegerField()  # latest time that it told, Unix seconds
    ended_index = models.BigIntegerField(null=True)


class Certificate(models.Model):
    entry_index = models.BigIntegerField(primary_key=True)
    kid = models.CharField(max_length=16, db_index=True)
    issuer = models.CharField(max_length=16, db_index=True)  # kid
    serial = models.BigIntegerField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()
    head = models.BinaryField(max_length=32, null=True)  # event up to which the issuer vouches
    succeeds = models.CharField(max_length=16, blank=True)  # kid of the device whose place it takes


class Lapse(models.Model):
    """From this entry on the device's certificates had ended; its next certificate is the lapse's end."""

    kid = models.CharField(max_length=16, db_index=True)
    entry_index = models.BigIntegerField()


class Revocation(models.Model):
    entry_index = models.BigIntegerField(primary_key=True)
    kid = models.CharField(max_length=16, db_index=True)
    reason = models.SmallIntegerField()  # rules.trust.statements.Reason
    last = models.BinaryField(max_length=32, null=True)  # event that the owner vouches for
    said_at = models.DateTimeField()
    reported_at = models.DateTimeField(null=True)


class EnrolmentCode(models.Model):
    """Shown by an officer, typed into a phone once. The digits themselves are not kept."""

    digest = models.CharField(max_length=64, primary_key=True)  # HMAC of the digits
    post = models.CharField(max_length=40, db_index=True)
    role = models.CharField(max_length=12)
    label = models.CharField(max_length=80, blank=True)
    succeeds = models.CharField(max_length=16, blank=True)  # kid of the device whose place the phone takes
    renews = models.CharField(max_length=16, blank=True)  # kid of the device that alone may use it
    head = models.BinaryField(max_length=32, null=True)  # event up to which a renewal vouches
    made_by = models.CharField(max_length=150)
    ends_at = models.DateTimeField()  # real time: an exercise's clock must not keep a code open
    used_at = models.DateTimeField(null=True)
    used_by = models.CharField(max_length=16, blank=True)  # kid
