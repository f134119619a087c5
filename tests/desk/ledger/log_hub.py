"""A hub for browser tests of the log's page: `python -m tests.desk.ledger.log_hub STATE`, in its own home.

STATE is `none`, `whole`, `silent` or `forked`. Prints one line of JSON {url, link} when it answers, and
ends when its input is closed.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta

import django

from tests.desk import shown_hub

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kawal.desk.site.settings")


def put(state: str) -> None:
    """A log with three witnesses in its policy, who have cosigned or not."""
    from kawal.desk.clock.reads import real_now
    from kawal.desk.custody import actions as custody
    from kawal.desk.ledger import actions, policies, publishing
    from kawal.desk.people import devices
    from kawal.home import home
    from kawal.rules.ledger.policy import Group, Policy, Witness, text
    from kawal.rules.refusals import Refused
    from kawal.rules.signing import keys, note

    from .conftest import KEYS, POST, entries

    now = real_now()
    devices.enrol([devices.NewDevice(keys.public_bytes(key), POST, "custodian") for key in KEYS], now=now)
    names = ("bawaslu", "polda", "tni")
    signers = {name: keys.key_from_seed(bytes([n]) * 32) for n, name in enumerate(names, 60)}
    witnesses = tuple(
        Witness(
            name, note.VerifierKey(f"{name}.example/w1", keys.public_bytes(key), note.COSIGNATURE),
            None if name == "tni" else f"https://saksi.{name}.example/",
        )
        for name, key in signers.items()
    )  # fmt: skip
    if state != "none":
        policy = Policy("two", (), witnesses, (Group("two", 2, tuple(signers)),))
        (home() / policies.FILE).write_text(text(policy))
    told = 0
    for step, count in enumerate((40, 200, 1_000, 1_306)):
        at = now - timedelta(minutes=(40, 20, 5, 0)[step], seconds=12)
        actions.append(entries(count, told), received_at=at)
        told += count
        signed = actions.publish_checkpoint(now=at)
        if state == "none":
            continue
        missing = {"silent": "tni" if step else "", "forked": "polda" if step > 1 else ""}.get(state, "")
        body = signed.note.rpartition("\n\n")[0] + "\n"
        for witness in witnesses:
            if witness.name != missing:
                time_s = int(at.timestamp())
                line = note.cosigned(body, witness.key.name, signers[witness.name], time_s=time_s)
                publishing.add_cosignatures(told, line, [witness], now=at)
        publishing.publish(told, quorum=not (step == 1 and state == "silent"), now=real_now())
    if state == "silent":
        since = now - timedelta(minutes=21)
        publishing.failed(witnesses[2], Refused("witness_unreachable", detail="x"), now=since)
    if state == "forked":
        publishing.failed(witnesses[1], Refused("witness_forked", status=422, size=told), now=now)
    if state != "none":
        actions.append(entries(3, told), received_at=now - timedelta(seconds=12))
    custody.catch_up()


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from kawal.desk.clock.reads import real_now
    from kawal.desk.people import actions as people
    from kawal.desk.people import links
    from kawal.desk.people.models import Post

    Post.objects.create(code="kpu/16.07.03", agency="kpu", area_code="16.07.03", name="PPK Betung")
    put(sys.argv[1])
    people.add_officer("ppk", post="kpu/16.07.03", role="custodian", password=None)
    token = links.make("ppk", purpose=links.Purpose.OPERATOR, valid=timedelta(hours=1), now=real_now())
    told = {"link": f"/sign-in/{token}"}
    from a2wsgi import WSGIMiddleware
    from django.core.wsgi import get_wsgi_application

    app = WSGIMiddleware(get_wsgi_application())
    shown_hub.serve(told, lambda url: app, lifespan="off")


if __name__ == "__main__":
    main()
