"""One `[[indicator]]` of a spec file: direction, normalisation, treatment, missing rule, noise, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kawal.rules.risk.composite.framework import (
    Direction,
    Filling,
    Indicator,
    Method,
    Missing,
    Noise,
    Normalisation,
    Outliers,
    Transform,
    Treatment,
)
from kawal.rules.risk.composite.notices import Code
from kawal.rules.risk.composite.spelling import Section, as_number, as_share, plain


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the head of the spec says for all indicators that say nothing themselves."""

    method: Method | None
    filling: Filling
    treatment: Treatment


def read_defaults(part: Section, above: Defaults) -> Defaults:
    """What the head, or a dimension for what is written inside it, says for indicators."""
    method = (
        part.choice("normalisation", Method, Method.MIN_MAX) if part.has("normalisation") else above.method
    )
    return Defaults(method, read_filling(part, above.filling), read_treatment(part, above.treatment))


def read_indicator(part: Section, defaults: Defaults) -> Indicator:
    """Reads and checks; everything wrong is told, and the answer is then not to be used."""
    code = part.needed("code", '"literacy"')
    name_id, name_en = part.names("name", code)
    why_id, why_en = part.names("reason")
    stated = part.has("direction")
    direction = part.choice("direction", Direction, Direction.UP)
    transform = part.choice("transform", Transform, Transform.NONE)
    if part.flag("log"):
        if transform not in (Transform.NONE, Transform.LOG):
            part.tell(Code.CONTRADICTION, "log", value=transform, expected='scale = "log"')
        transform = Transform.LOG
    normalisation, implied = read_normalisation(part, defaults.method, direction if stated else None)
    valid = _span(part, "valid")
    found = Indicator(
        code=code,
        name_id=name_id,
        name_en=name_en,
        column=part.text("column", code),
        unit=part.text("unit"),
        weight=part.number("weight", 1.0, least=0) or 0.0,
        direction=implied or direction,
        transform=transform,
        normalisation=normalisation,
        treatment=read_treatment(part, defaults.treatment),
        filling=read_filling(part, defaults.filling),
        noise=read_noise(part, Noise()),
        floor=part.number("floor"),
        cap=part.number("cap"),
        valid_low=valid[0] if valid else None,
        valid_high=valid[1] if valid else None,
        source=part.text("source"),
        date=part.text("date"),
        origin=plain(part.text("origin", "given")),
        why_id=why_id,
        why_en=why_en,
    )
    part.done()
    _agrees(found, part)
    return found


def _agrees(found: Indicator, part: Section) -> None:
    norm = found.normalisation
    if norm.method is Method.GOALPOSTS and norm.low is not None:
        if found.transform is Transform.BOX_COX:
            part.tell(Code.CONTRADICTION, "transform", value="box_cox", expected="log, square_root")
        if found.transform is Transform.LOG and norm.low <= 0:
            part.tell(Code.NUMBER_OUT, "goalposts", value=norm.low, expected="> 0")
    if norm.method is Method.NONE and found.transform is not Transform.NONE:
        part.tell(Code.CONTRADICTION, "transform", value=found.transform, expected="normalisation")
    if found.floor is not None and found.cap is not None and found.floor >= found.cap:
        part.tell(Code.CONTRADICTION, "floor", value=found.floor, expected=f"< {found.cap:g}")
    if found.filling.method is Missing.LISTED and norm.low is not None and found.safe != 0:
        part.tell(Code.CONTRADICTION, "missing", value="listed", expected="goalposts = [0, ...]")


def read_normalisation(
    part: Section, default: Method | None, direction: Direction | None
) -> tuple[Normalisation, Direction | None]:
    """The normalisation, and the direction that `safe` and `worst` imply."""
    value, table = part.raw("normalisation"), None
    if isinstance(value, Mapping):
        table = part.table("normalisation")
        method = table.choice("method", Method, Method.MIN_MAX) if table.has("method") else None
    else:
        method = part.choice("normalisation", Method, Method.MIN_MAX) if part.has("normalisation") else None
    here = table or part
    span, implied = _goalposts(here, direction)
    if method is None:
        method = Method.GOALPOSTS if span else default or Method.MIN_MAX
    if method is Method.GOALPOSTS and span is None:
        here.tell(Code.KEY_MISSING, "goalposts", expected="goalposts = [20, 85]")
    if method is not Method.GOALPOSTS and span is not None:
        here.tell(Code.CONTRADICTION, "goalposts", value=method, expected='normalisation = "goalposts"')
    reference: float | str = "best"
    if here.has("reference"):
        raw = here.take("reference")
        number = as_number(raw)
        reference = number if number is not None else str(raw)
        if method is not Method.REFERENCE:
            here.tell(Code.CONTRADICTION, "reference", value=method, expected='normalisation = "reference"')
    low_held, high_held = _clip(here)
    found = Normalisation(
        method=method,
        low=span[0] if span else None,
        high=span[1] if span else None,
        hold_low=low_held,
        hold_high=high_held,
        reference=reference,
        centre=here.number("centre", 0.0) or 0.0,
        spread=here.number("spread", 1.0, above=0) or 1.0,
    )
    if table:
        table.done()
    return found, implied


def _goalposts(
    here: Section, direction: Direction | None
) -> tuple[tuple[float, float] | None, Direction | None]:
    """Ascending. In `[low, high]` the order says nothing against a stated direction but needs one to fall."""
    if here.has("safe") or here.has("worst"):
        safe, worst = here.number("safe"), here.number("worst")
        if safe is None or worst is None:
            here.tell(
                Code.KEY_MISSING, "worst" if worst is None else "safe", expected="safe = 0, worst = 150"
            )
            return None, None
        if safe == worst:
            here.tell(Code.CONTRADICTION, "worst", value=worst, expected=f"!= {safe:g}")
            return None, None
        implied = Direction.UP if safe < worst else Direction.DOWN
        if direction not in (None, implied):
            here.tell(Code.CONTRADICTION, "direction", value=direction, expected=implied)
        return (min(safe, worst), max(safe, worst)), implied
    span = _span(here, "goalposts", ordered=False)
    if span is None and (here.has("min") or here.has("max")):
        low, high = here.number("min"), here.number("max")
        if low is None or high is None:
            here.tell(Code.KEY_MISSING, "max" if high is None else "min", expected="min = 20, max = 85")
            return None, None
        span = low, high
    if span is None:
        return None, None
    if span[0] == span[1]:
        here.tell(Code.CONTRADICTION, "goalposts", value=span[0], expected=f"!= {span[0]:g}")
        return None, None
    if span[0] > span[1] and direction is not Direction.DOWN:
        here.tell(Code.CONTRADICTION, "goalposts", value=list(span), expected='direction = "down"')
    return (min(span), max(span)), None


def _span(here: Section, key: str, *, ordered: bool = True) -> tuple[float, float] | None:
    """`[low, high]` or `{ min = low, max = high }`."""
    if not here.has(key):
        return None
    if isinstance(here.raw(key), Mapping):
        inner = here.table(key)
        low, high = inner.number("min"), inner.number("max")
        inner.done()
        if low is None or high is None:
            inner.tell(Code.KEY_MISSING, "max" if high is None else "min", expected="{ min = 20, max = 85 }")
            return None
        found = low, high
    else:
        numbers = here.numbers(key, 2)
        if numbers is None:
            return None
        found = numbers[0], numbers[1]
    if ordered and found[0] >= found[1]:
        here.tell(Code.CONTRADICTION, key, value=list(found), expected="[low, high]")
    return found


def _clip(here: Section) -> tuple[bool, bool]:
    value = here.take("clip") if here.has("clip") else True
    if isinstance(value, bool):
        return value, value
    found = plain(str(value))
    if found in {"low", "below", "min"}:
        return True, False
    if found in {"high", "above", "max"}:
        return False, True
    here.tell(Code.WORD_UNKNOWN, "clip", value=value, expected='true, false, "low", "high"')
    return True, True


def read_treatment(part: Section, default: Treatment) -> Treatment:
    """`outliers = "skewness"`, or a table with the method and its figures."""
    if not part.has("outliers"):
        return default
    if not isinstance(part.raw("outliers"), Mapping):
        method = part.choice("outliers", Outliers, Outliers.NONE)
        return replace(_usual(method), method=method)
    inner = part.table("outliers", {"low": "low", "high": "high"})
    method = inner.choice("method", Outliers, Outliers.NONE)
    usual = _usual(method)
    both = inner.number("points", least=0)
    found = Treatment(
        method=method,
        low=inner.number("low", usual.low if both is None else both, least=0) or 0.0,
        high=inner.number("high", usual.high if both is None else both, least=0) or 0.0,
        skewness=inner.number("skewness", usual.skewness, above=0) or usual.skewness,
        kurtosis=inner.number("kurtosis", usual.kurtosis) or 0.0,
        points_max=inner.whole("points_max", usual.points_max, least=1) or usual.points_max,
        otherwise=inner.choice("otherwise", Transform, Transform.NONE),
    )
    inner.done()
    if method is Outliers.PERCENTILES and not found.low < found.high <= 100:
        inner.tell(Code.CONTRADICTION, "high", value=found.high, expected=f"{found.low:g} - 100")
    if method is Outliers.NONE:
        inner.tell(Code.KEY_MISSING, "method", expected=", ".join(Outliers))
    return found


def _usual(method: Outliers) -> Treatment:
    low, high = {
        Outliers.POINTS: (1.0, 1.0),
        Outliers.PERCENTILES: (2.5, 97.5),
        Outliers.FENCES: (1.5, 1.5),
    }.get(method, (0.0, 0.0))
    return Treatment(method=method, low=low, high=high)


def read_filling(part: Section, default: Filling) -> Filling:
    """`missing = "median"`, a number that stands in, or a table."""
    if not part.has("missing"):
        return default
    value: Any = part.raw("missing")
    number = as_number(value)
    if number is not None:
        part.take("missing")
        return Filling(method=Missing.CONSTANT, constant=number)
    if isinstance(value, Mapping):
        inner = part.table("missing")
        constant = inner.number("constant")
        method = inner.choice("method", Missing, Missing.CONSTANT)
        neighbours = inner.whole("neighbours", 5, least=1) or 5
        if method is Missing.CONSTANT and constant is None:
            inner.tell(Code.KEY_MISSING, "constant", expected="constant = 0")
        inner.done()
        return Filling(method=method, constant=constant or 0.0, neighbours=neighbours)
    if isinstance(value, str) and plain(value) == "constant":
        part.tell(Code.KEY_MISSING, "missing", value=value, expected="missing = 0")
    return Filling(method=part.choice("missing", Missing, Missing.REWEIGHT))


def read_noise(part: Section, default: Noise) -> Noise:
    """`noise = 0.5` in the indicator's unit, `"5 %"` of the value, or `{ sd = 0.5, share = 0.05 }`."""
    if not part.has("noise"):
        return default
    value = part.raw("noise")
    if isinstance(value, Mapping):
        inner = part.table("noise")
        found = Noise(
            sd=inner.number("sd", 0.0, least=0) or 0.0, share=inner.number("share", 0.0, least=0) or 0.0
        )
        inner.done()
        return found
    part.take("noise")
    share = as_share(value)
    if share is None or share < 0:
        part.tell(Code.KIND_WRONG, "noise", value=value, expected='0.5 / "5 %"')
        return default
    return Noise(share=share) if isinstance(value, str) else Noise(sd=share)
