"""Plans are versions: a change is a new version with its reason, nothing is overwritten."""

from django.db import models


class PlanRun(models.Model):
    """Many regencies planned by one command; while `ended_at` is empty the same command goes on with it."""

    area_code = models.CharField(max_length=13, db_index=True)  # a province, or empty for the nation
    asked_sha256 = models.CharField(max_length=64)  # of all that decides its plans, beside the places
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=80)
    reason = models.TextField()
    summary = models.JSONField(null=True)  # rules.plan.wide.roll_up, when it ended


class Plan(models.Model):
    area_code = models.CharField(max_length=13, db_index=True)
    version = models.IntegerField()
    of_record = models.BooleanField(default=False)
    reason = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    seed = models.BigIntegerField()
    problem_sha256 = models.CharField(max_length=64)
    voting_at = models.DateTimeField()  # opening of the stations
    deadline_at = models.DateTimeField()  # received by KPPS: H-1 18:00 local
    fleet = models.TextField()  # the fleet file as used, so that the plan can be checked for ever
    access = models.TextField()  # the access file as used; empty where none was given
    direct = models.TextField(default="")  # where boxes may go straight on, as told; empty: nowhere
    delays = models.TextField(default="")  # the law of delays as used; empty: dated by safety factors
    patterns = models.TextField(default="")  # what each class meant then (rules.risk.patterns)
    summary = models.JSONField()  # figures for the page's first sentence
    first_day = models.SmallIntegerField(default=5)  # distribution may begin on H-5 (rules.plan.calendar)
    level = models.CharField(max_length=8, default="station")  # down to there (rules.plan.facts.Level)
    run = models.ForeignKey(PlanRun, null=True, on_delete=models.PROTECT)  # null: asked for by itself

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area_code", "version"], name="plan_version_once"),
            models.UniqueConstraint(
                fields=["area_code"], condition=models.Q(of_record=True), name="one_plan_of_record"
            ),
        ]


class Change(models.Model):
    """What a version was made from, where it was planned anew in part; a what-if until it is adopted."""

    plan = models.OneToOneField(Plan, on_delete=models.CASCADE, related_name="change")
    base = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="changes")
    what_if = models.BooleanField()
    disruptions = models.TextField()  # all that hold (rules.plan.anew.disruption)
    happened = models.JSONField()  # trip -> {left_at, handed: {site: at}}, as it was known then
    told = models.JSONField()  # codes: anew, gone, in_it, outdated, unguarded; taken_as_planned; strengths
    decided_at = models.DateTimeField(null=True)  # a what-if: adopted or dropped
    decided_by = models.CharField(max_length=80, blank=True)
    adopted = models.BooleanField(null=True)


class PostNotice(models.Model):
    """What a new version of record changes for one post, until somebody there says that it was seen."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="notices")
    post = models.CharField(max_length=40, db_index=True)
    trips = models.JSONField()  # [{code, kinds}] that concern the post
    stations = models.JSONField()  # [{station, kind, before_at, after_at}] below it that moved
    seen_at = models.DateTimeField(null=True)
    seen_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "post"], name="one_notice_each")]


class Travel(models.Model):
    """Ways as roads or an engine told them when the plan was made; a plan without it was estimated."""

    plan = models.OneToOneField(Plan, on_delete=models.CASCADE, related_name="travel")
    told = models.BinaryField()  # rules.plan.journey.told


class PlanOutcome(models.Model):
    """What became of one regency in a run."""

    run = models.ForeignKey(PlanRun, on_delete=models.CASCADE, related_name="outcomes")
    area_code = models.CharField(max_length=13)
    outcome = models.CharField(max_length=10)  # planned, unchanged, kept, under_way, refused, crashed
    code = models.CharField(max_length=40, blank=True)  # of the refusal, or the kind of crash
    facts = models.JSONField(default=dict)  # of the refusal
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "area_code"], name="one_outcome_each")]


class Trip(models.Model):
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="trips")
    code = models.CharField(max_length=40)
    leg = models.CharField(max_length=16)
    area_code = models.CharField(max_length=13)
    vehicle = models.CharField(max_length=64)
    mode = models.CharField(max_length=10)
    risk = models.SmallIntegerField()
    depart_at = models.DateTimeField()
    back_at = models.DateTimeField()
    latest_departure_at = models.DateTimeField()
    distance_m = models.IntegerField()
    parcels_count = models.IntegerField()
    escort_post = models.CharField(max_length=40)
    escort_officers = models.IntegerField()
    escort_linmas = models.IntegerField()
    escort_substitute = models.CharField(max_length=40, null=True)
    escort_reserve = models.CharField(max_length=40, default="")  # post of a second team; empty: none

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="trip_once")]
        indexes = [
            models.Index(fields=["plan", "depart_at"]),
            models.Index(fields=["plan", "leg", "area_code"]),
        ]


class Stop(models.Model):
    trip = models.ForeignKey(Trip, on_delete=models.CASCADE, related_name="stops")
    seq = models.IntegerField()
    site_code = models.CharField(max_length=20)
    lat = models.FloatField()
    lon = models.FloatField()
    arrive_at = models.DateTimeField()
    depart_at = models.DateTimeField()


class Consignment(models.Model):
    trip = models.ForeignKey(Trip, on_delete=models.CASCADE, related_name="consignments")
    code = models.CharField(max_length=48)
    from_site = models.CharField(max_length=20)
    to_site = models.CharField(max_length=20)
    stations = models.JSONField()  # station codes
    parcels_count = models.IntegerField()
    arrive_at = models.DateTimeField()
    due_at = models.DateTimeField()


class Life(models.Model):
    """A plan lived through many times (rules.plan.sure.simulation); a new life never overwrites one."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="lives")
    made_at = models.DateTimeField()
    seed = models.BigIntegerField()
    scenarios = models.IntegerField()
    law = models.TextField()  # the file of delays as used
    outcome = models.JSONField()  # probabilities by station, village, district, regency; blame by trip


class Roster(models.Model):
    """Who guards the trips of a plan, post by post; a new roster never overwrites one."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="rosters")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    together = models.CharField(
        max_length=13
    )  # the area whose rosters were made in one: bound and gap are its
    strengths = models.JSONField()  # post -> officers, place, whether assumed: as used
    outcome = models.JSONField()  # duties, helps, postings, shortages, numbered officers, cost and bound


class UpperPlan(models.Model):
    """From suppliers by ports to the warehouses of a province or the nation (rules.plan.upper)."""

    area_code = models.CharField(max_length=13)
    version = models.IntegerField()
    of_record = models.BooleanField(default=False)
    reason = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    voting_day = models.DateField()
    handling_days = models.IntegerField()
    supply = models.TextField()  # the files as used
    ports = models.TextField()
    lanes = models.TextField()
    summary = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area_code", "version"], name="upper_version_once"),
            models.UniqueConstraint(
                fields=["area_code"], condition=models.Q(of_record=True), name="one_upper_of_record"
            ),
        ]


class UpperShipment(models.Model):
    plan = models.ForeignKey(UpperPlan, on_delete=models.CASCADE, related_name="shipments")
    supplier = models.CharField(max_length=120)
    area_code = models.CharField(max_length=13)  # the regency of the warehouse
    items = models.JSONField()  # item code -> quantity
    weight_kg = models.IntegerField()
    passages = models.JSONField()  # [{start, end, mode, depart_at, arrive_at, estimated}]
    depart_at = models.DateTimeField()
    arrive_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["plan", "area_code"])]
