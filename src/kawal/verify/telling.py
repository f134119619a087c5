"""The outcome as a person reads it: plain text, one language."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any, Final

from kawal.rules.ledger.policy import NONE
from kawal.verify.words import BROKEN, COLUMNS, RULES, SENTENCES, said

_SHOWN: Final = ("needed", "packed", "issued", "received", "received_late", "opened", "home", "disputed",
                 "unknown", "ballots_needed", "ballots_packed")  # fmt: skip
_OF_THE_HUB: Final = frozenset({"needed", "received_late", "unknown", "ballots_needed"})
_LABEL_WIDTH: Final = 34
_FORKS_SHOWN: Final = 10
_WIDTH: Final = 100
_HIDDEN: Final = frozenset({"signed", "checkpoint"})  # whole notes: in --json


def text(plain: dict[str, Any], language: str) -> str:
    """`plain` as result.plain makes it."""
    return "".join(f"{wrapped}\n" for line in _lines(plain, language) for wrapped in _wrapped(line))


def _lines(plain: dict[str, Any], language: str) -> Iterator[str]:
    def say(code: str, /, **facts: object) -> str:
        return said(SENTENCES, code, language, **facts)

    if plain["whole"]:
        yield say("whole", entries=plain["entries"])
    for number, broken in enumerate(plain["broken"]):
        yield say("also" if number else "broken", words=said(BROKEN, broken["code"], language))
        yield "  " + say("where", code=broken["code"], index=broken["index"])
        facts = [f"{name}={value}" for name, value in broken["facts"].items() if name not in _HIDDEN]
        if facts:
            yield "  " + ", ".join(facts)
    if plain["log"]:
        yield ""
        yield from _log(plain, language)
    if plain["entries"] is not None:
        yield ""
        yield from _entries(plain, language)
    if plain["custody"]:
        yield ""
        yield from _custody(plain, language)
    yield ""
    yield say("relies") + ":"
    yield "* " + say("relies_signed")
    yield "* " + say("relies_times")
    unread = plain["custody"] is None
    yield "* " + say(
        "relies_unread" if unread else "relies_told" if plain["told_by_the_hub"] else "relies_untold"
    )


def _log(plain: dict[str, Any], language: str) -> Iterator[str]:
    def say(code: str, /, **facts: object) -> str:
        return said(SENTENCES, code, language, **facts)

    log = plain["log"]
    yield _row(say("log"), log["origin"])
    yield _row(say("size"), log["size"])
    yield _row(say("root"), log["root"])
    if plain["checkpoints"] is not None:
        yield _row(say("checkpoints"), plain["checkpoints"])
    for one in log["cosigned"]:
        yield _row(say("cosigned", name=one["witness"]), one["time"])
    if not log["cosigned"]:
        yield say("nobody")
    name, there = plain["quorum"]["name"], plain["quorum"]["there"]
    yield _row(say("quorum"), say("undemanded" if name == NONE else "yes" if there else "no", name=name))
    if plain["succession"]:
        yield say("succession", **plain["succession"])
    if plain["entries"] is not None:
        for one in plain["since"]:
            own = one["origin"] == log["origin"]
            yield say("since" if own else "since_former", size=one["size"], origin=one["origin"])
    if not plain["since"]:
        yield say("since_none")


def _entries(plain: dict[str, Any], language: str) -> Iterator[str]:
    def say(code: str, /, **facts: object) -> str:
        return said(SENTENCES, code, language, **facts)

    counts = {**plain["events"], **plain["statements"]}
    yield _row(say("events"), ", ".join(f"{name} {count}" for name, count in counts.items()) or 0)
    yield _row(say("keys"), plain["devices"])
    if plain["issuers"]:
        yield say("keys_certified")
        yield from (f"  {one['agency']:<8} {one['public_key']}" for one in plain["issuers"])
        yield say("pin")
    if plain["devices_on_the_hubs_word"]:
        yield say("keys_told", count=plain["devices_on_the_hubs_word"])
    if plain["statements_passed_over"]:
        over = plain["statements_passed_over"].items()
        yield _row(say("passed_over"), ", ".join(f"{code} {count}" for code, count in over))
    if plain["gaps_count"]:
        yield say("gaps", count=plain["gaps_count"])


def _custody(plain: dict[str, Any], language: str) -> Iterator[str]:
    custody, area, told_by_the_hub = plain["custody"], plain["area"], plain["told_by_the_hub"]

    def say(code: str, /, **facts: object) -> str:
        return said(SENTENCES, code, language, **facts)

    yield say("custody") + ":"
    if area:
        yield say("area", area=area)
    stages = ", ".join(f"{name} {count}" for name, count in custody["stages"].items())
    yield _row(say("stages"), stages or 0)
    if told_by_the_hub:
        yield _row(say("stations"), say("stations_are", **custody["stations"]))
    shown = _SHOWN if told_by_the_hub else [name for name in _SHOWN if name not in _OF_THE_HUB]
    yield from _balance(custody["counted"], shown, language)
    yield ""
    if not custody["findings"]:
        yield say("findings_none")
        return
    yield f"{say('findings')}: {sum(one['count'] for one in custody['findings'])}. {say('findings_mean')}"
    rules = {one["rule"] for one in custody["findings"]}
    for rule in sorted(rules, key=lambda rule: int(rule[1:])):
        yield f"  {rule:<4} {said(RULES, rule, language)}"
        for one in custody["findings"]:
            if one["rule"] == rule:
                yield f"       {one['kind']:<20} {one['count']:>8}"
    for fork in custody["forks"][:_FORKS_SHOWN]:
        yield say("fork", device=fork["facts"]["device"], seq=fork["facts"]["seq"])
        yield from (f"       {event_id}" for event_id in fork["events"])


def _balance(counted: dict[str, dict[str, Any]], shown: Sequence[str], language: str) -> Iterator[str]:
    names = [said(COLUMNS, name, language) for name in ("kind", *shown)]
    rows = [
        [said(COLUMNS, kind, language), *(str(one[name]) for name in shown)] for kind, one in counted.items()
    ]
    widths = [max(len(row[at]) for row in [names, *rows]) for at in range(len(names))]
    yield said(SENTENCES, "balance", language) + ":"
    for first, *rest in [names, *rows]:
        cells = [f"{cell:>{width}}" for cell, width in zip(rest, widths[1:], strict=True)]
        yield "  " + "  ".join([f"{first:<{widths[0]}}", *cells])
    remains = {name: left for name, left in counted["all"]["remainders"].items() if left}
    if remains:
        told = ", ".join(f"{said(COLUMNS, name, language)} {left}" for name, left in remains.items())
        yield "  " + said(SENTENCES, "remains", language) + told
    else:
        yield "  " + said(SENTENCES, "balanced", language)


def _wrapped(line: str) -> list[str]:
    """Sentences are wrapped, rows of tables and hashes are not."""
    is_row = not line.startswith("* ") and line[_LABEL_WIDTH : _LABEL_WIDTH + 1] == " "
    if is_row or line.startswith("  "):
        return [line]
    return textwrap.wrap(line, _WIDTH, subsequent_indent="  ", break_long_words=False) or [""]


def _row(label: str, value: object) -> str:
    return f"{label:<{_LABEL_WIDTH}} {value}"
