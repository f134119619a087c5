"""Whom one trusts: which logs, which witnesses, and how many of them must have cosigned (C2SP tlog-policy).

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <member>...
    quorum <name>|none                        exactly one

Source: https://c2sp.org/tlog-policy. A name is defined above the line that uses it, once, and is a
member of one group at most, so that nobody counts twice. Items are parted by spaces and tabs only;
an empty line and a line that begins with # say nothing. Names are compared as they are written: text
that was not UTF-8 is handed in with its bytes kept (`surrogateescape`).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from kawal.rules.refusals import Refused
from kawal.rules.signing import note

NONE: Final = "none"
LINES_MAX: Final = 10_000

_NOT_ALLOWED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LEAST = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Log:
    key: note.VerifierKey  # its name is the origin of the log
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    name: str  # in this policy; the name of its key is another
    key: note.VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Has seen a checkpoint when at least `least` of its members have."""

    name: str
    least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    quorum: str  # name of a witness or group, or NONE
    logs: tuple[Log, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()  # members before the groups they are in

    def satisfied_by(self, names: Collection[str]) -> bool:
        """Whether these witnesses, by their names in this policy, are enough."""
        seen = {witness.name for witness in self.witnesses if witness.name in names}
        for group in self.groups:
            if sum(member in seen for member in group.members) >= group.least:
                seen.add(group.name)
        return self.quorum == NONE or self.quorum in seen

    def keys_of(self, origin: str) -> list[note.VerifierKey]:
        """The keys that may sign for the log of this name."""
        return [log.key for log in self.logs if log.key.name == origin]


def policy_in(text: str) -> Policy:
    """Refuses `bad_policy`: the `line` (its number, from 1) and the reason, a stable word, as `detail`."""
    lines = text.split("\n")
    if len(lines) > LINES_MAX:
        raise Refused("bad_policy", line=LINES_MAX, detail="too_long")
    reader = _Reader()
    for number, line in enumerate(lines, start=1):
        if _NOT_ALLOWED.search(line):
            raise Refused("bad_policy", line=number, detail="control_character")
        items = [item for item in re.split("[ \t]+", line) if item]
        if items and not items[0].startswith("#"):
            try:
                reader.take(items)
            except _Wrong as wrong:
                raise Refused("bad_policy", line=number, **wrong.facts) from None
    if reader.quorum is None:
        raise Refused("bad_policy", line=len(lines), detail="no_quorum")
    return Policy(reader.quorum, tuple(reader.logs), tuple(reader.witnesses), tuple(reader.groups))


def text(policy: Policy) -> str:
    """The policy in its one plain spelling."""
    lines = [_joined("log", str(log.key), log.url) for log in policy.logs]
    lines += [_joined("witness", each.name, str(each.key), each.url) for each in policy.witnesses]
    for group in policy.groups:
        lines.append(_joined("group", group.name, _least_text(group), *group.members))
    return "".join(f"{line}\n" for line in [*lines, f"quorum {policy.quorum}"])


class _Wrong(Exception):
    def __init__(self, detail: str, **facts: str) -> None:
        self.facts: Final = {"detail": detail, **facts}


@dataclass(slots=True)
class _Reader:
    logs: list[Log] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    quorum: str | None = None
    defined: set[str] = field(default_factory=lambda: {NONE})
    placed: set[str] = field(default_factory=lambda: {NONE})  # no more to be the member of a group

    def take(self, items: list[str]) -> None:
        word, *rest = items
        if word == "log" and 1 <= len(rest) <= 2:
            self._log(*rest)
        elif word == "witness" and 2 <= len(rest) <= 3:
            self._witness(*rest)
        elif word == "group" and len(rest) >= 3:
            self._group(rest[0], rest[1], rest[2:])
        elif word == "quorum" and len(rest) == 1:
            self._quorum(rest[0])
        elif word in {"log", "witness", "group", "quorum"}:
            raise _Wrong("items")
        else:
            raise _Wrong("unknown_word", word=word[:40])

    def _log(self, vkey: str, url: str | None = None) -> None:
        key = _key(vkey)
        if any(key.public_key == log.key.public_key for log in self.logs):
            raise _Wrong("log_twice")
        self.logs.append(Log(key, url))

    def _witness(self, name: str, vkey: str, url: str | None = None) -> None:
        self._define(name)
        key = _key(vkey)
        if key.algorithm != note.COSIGNATURE:
            raise _Wrong("key_type")
        if any(key.public_key == witness.key.public_key for witness in self.witnesses):
            raise _Wrong("witness_twice")
        self.witnesses.append(Witness(name, key, url))

    def _group(self, name: str, least: str, members: list[str]) -> None:
        for member in members:
            if member not in self.defined or member == NONE:
                raise _Wrong("name_unknown", name=member)
            if member in self.placed:
                raise _Wrong("member_twice", name=member)
            self.placed.add(member)
        self._define(name)
        wanted = {"all": len(members), "any": 1}.get(least)
        if wanted is None:
            wanted = int(least) if _LEAST.fullmatch(least) else 0
        if not 1 <= wanted <= len(members):
            raise _Wrong("group_size")
        self.groups.append(Group(name, wanted, tuple(members)))

    def _quorum(self, name: str) -> None:
        if self.quorum is not None:
            raise _Wrong("quorum_twice")
        if name not in self.defined:
            raise _Wrong("name_unknown", name=name)
        self.quorum = name

    def _define(self, name: str) -> None:
        if name in self.defined:
            raise _Wrong("name_twice", name=name)
        self.defined.add(name)


def _key(vkey: str) -> note.VerifierKey:
    try:
        return note.verifier_key(vkey)
    except Refused as refused:
        raise _Wrong("key_type" if "type" in refused.facts else refused.code) from None


def _least_text(group: Group) -> str:
    return "all" if group.least == len(group.members) else "any" if group.least == 1 else str(group.least)


def _joined(*items: str | None) -> str:
    return " ".join(item for item in items if item)
