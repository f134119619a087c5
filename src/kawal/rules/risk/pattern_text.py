"""A table of patterns as the text of a file: a change on a page is kept like a file somebody wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kawal.rules.risk.modes import MODES
from kawal.rules.risk.patterns import CLASS_NAMES, ClassRules, EscortPattern, Patterns


def text_of(patterns: Patterns, *, says: str = "") -> str:
    """TOML that `patterns_of` reads back to the same table; `says` becomes a comment at its head."""
    lines = [f"# {line}" for line in says.splitlines()]
    lines += [f"name = {_text(patterns.name)}"]
    for key, klass in CLASS_NAMES.items():
        lines += ["", f"[{key}]", *_rules(patterns.classes[klass])]
    names = {klass: key for key, klass in CLASS_NAMES.items()}
    for (regency, klass), pattern in sorted(patterns.polres.items()):
        lines += ["", "[[polres]]", f"area = {_text(regency)}", f"class = {_text(names[klass])}"]
        lines += [*_pattern(pattern), 'source = "kept from the table before"']
    return "\n".join(lines) + "\n"


def _rules(rules: ClassRules) -> Iterator[str]:
    yield from _pattern(rules.pattern)
    aboard = ", ".join(f"{mode} = {rules.officers[mode]}" for mode in MODES)
    yield f"officers = {{ {aboard} }}"
    yield f"stations_per_vehicle = {rules.stations_per_vehicle}"
    yield f"second_checks = {rules.second_checks}"
    yield f"days_early = {rules.days_early}"
    yield f"silence_s = {rules.limits.silence_s}"
    yield f"stop_s = {rules.limits.stop_s}"
    yield f"corridor_m = {rules.limits.corridor_m}"
    yield f"late_per_10000 = {rules.late_per_10000}"
    yield f"source = {_text(rules.source)}"


def _pattern(pattern: EscortPattern) -> Iterator[str]:
    yield f"police = {pattern.police}"
    yield f"stations = {pattern.stations}"
    yield f"linmas = {pattern.linmas}"


def _text(text: str) -> str:
    # A JSON string is a TOML string, but for DEL, which TOML does not take bare.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
