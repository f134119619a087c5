"""Agencies' posts, the officers who sit there, and the devices that sign for them."""

from django.conf import settings
from django.db import models


class Agency(models.TextChoices):
    KPU = "kpu"
    POLRI = "polri"
    BAWASLU = "bawaslu"
    TNI = "tni"
    PEMDA = "pemda"


class Role(models.TextChoices):
    LOGISTICS = "logistics"  # KPU kab/kota: imports, plans, dispatches
    CUSTODIAN = "custodian"  # PPK, PPS, KPPS and couriers: hold, give, take
    ESCORT = "escort"  # Polri, Linmas: attest presence and seals, never sign custody
    DUTY = "duty"  # piket: watches, acknowledges
    CHIEF = "chief"  # Kapolsek, Kapolres, Kapolda
    SUPERVISOR = "supervisor"  # Bawaslu, Panwas: sees all custody of the own area


class Post(models.Model):
    """An agency at an area: `polri/16.07.03` is a Polsek, `kpu/16.07.03` a PPK."""

    code = models.CharField(max_length=40, primary_key=True)
    agency = models.CharField(max_length=12, choices=Agency.choices)
    area_code = models.CharField(max_length=13, db_index=True)  # area, or a station for a KPPS
    name = models.CharField(max_length=120)


class Officer(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    post = models.ForeignKey(Post, on_delete=models.PROTECT)
    role = models.CharField(max_length=12, choices=Role.choices)


class Device(models.Model):
    """A phone and its public key. `kid` is the first 8 bytes of SHA-256 of the key, in hex."""

    kid = models.CharField(max_length=16, primary_key=True)
    public_key = models.BinaryField(max_length=32, unique=True)
    post = models.ForeignKey(Post, on_delete=models.PROTECT)
    role = models.CharField(max_length=12, choices=Role.choices)
    label = models.CharField(max_length=80, blank=True)
    enrolled_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    valid_to = models.DateTimeField(null=True, db_index=True)  # end of its newest certificate


class SignInFailure(models.Model):
    """Tries to sign in that failed: by name and address, by name, by address. Guessing gets slow."""

    key = models.CharField(max_length=200, primary_key=True)
    count = models.IntegerField()
    since = models.DateTimeField()  # real time: an exercise's clock must not open the door
