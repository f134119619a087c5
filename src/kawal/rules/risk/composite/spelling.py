"""Forgiving in spelling, strict in meaning: one table of a spec file, its keys and words in any usual form.

Capitals, spaces, hyphens and American or British spelling make no difference; a key or word that is
not known is never skipped but told, with the nearest one that is. Everything wrong is collected.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, TypeVar

from kawal.rules.risk.composite.notices import Code, Notices

Word = TypeVar("Word", bound=StrEnum)

_KEYS: Final = {
    "normalization": "normalisation", "normalise": "normalisation", "normalize": "normalisation",
    "norm": "normalisation", "weighting": "weights", "weight_method": "weights",
    "weighting_method": "weights",
    "aggregate": "aggregation", "mean": "aggregation", "aggregation_method": "aggregation",
    "id": "code", "key": "code", "title": "name", "label": "name", "goalpost": "goalposts",
    "minimum": "min", "lower": "min", "goalpost_min": "min", "low": "min", "maximum": "max", "upper": "max",
    "goalpost_max": "max", "high": "max", "polarity": "direction", "orientation": "direction",
    "outlier": "outliers", "treatment": "outliers", "missing_data": "missing", "imputation": "missing",
    "impute": "missing", "parent": "dimension", "licence_note": "licence", "license": "licence",
    "clamp": "clip", "hold": "clip", "decimals": "digits", "ranking": "rank", "why": "reason",
    "indicator": "indicators", "dimensions": "dimension", "subdimension": "dimension",
    "pillar": "dimension",
    "pillars": "dimension", "subdimensions": "dimension", "sub_dimension": "dimension", "class": "classes",
    "coverage": "minimum_coverage", "min_coverage": "minimum_coverage", "scale": "transform",
    "transformation": "transform", "columns": "data", "floor": "floor", "ceiling": "cap", "year": "date",
}  # fmt: skip

_WORDS: Final = {
    "increasing": "up", "positive": "up", "+": "up", "1": "up", "+1": "up", "raises": "up",
    "decreasing": "down", "negative": "down", "-": "down", "-1": "down", "lowers": "down",
    "inverse": "down",
    "reverse": "down", "reversed": "down", "inverted": "down",
    "minmax": "min_max", "rescaling": "min_max", "goalpost": "goalposts", "fixed": "goalposts",
    "zscore": "z_score", "z": "z_score", "standardisation": "z_score", "standardization": "z_score",
    "standardise": "z_score", "standardize": "z_score", "ranks": "rank", "ranking": "rank",
    "percentiles": "percentiles", "percentile_rank": "percentile", "distance_to_reference": "reference",
    "distance": "reference", "ratio": "reference", "already": "none", "raw": "none", "linear": "none",
    "natural_log": "log", "ln": "log", "logarithm": "log", "logarithmic": "log", "log10": "log",
    "sqrt": "square_root", "boxcox": "box_cox", "arithmetic_mean": "arithmetic",
    "mean": "arithmetic", "weighted_arithmetic_mean": "arithmetic",
    "weighted_geometric_mean": "geometric", "average": "arithmetic",
    "weighted_mean": "arithmetic", "weighted_average": "arithmetic", "linear_mean": "arithmetic",
    "sum": "arithmetic", "additive": "arithmetic", "geometric_mean": "geometric",
    "multiplicative": "geometric",
    "geomean": "geometric", "harmonic_mean": "harmonic", "generalised_mean": "power",
    "generalized_mean": "power", "power_mean": "power", "min": "minimum", "max": "maximum",
    "worst": "minimum", "condorcet": "kemeny", "kemeny_young": "kemeny", "outranking": "kemeny",
    "non_compensatory": "kemeny", "ncmc": "kemeny", "nearest_neighbour": "neighbour",
    "nearest_neighbor": "neighbour", "neighbor": "neighbour", "knn": "neighbour", "regional": "group_mean",
    "regional_mean": "group_mean", "region_mean": "group_mean", "regional_median": "group_median",
    "hand_over": "reweight", "redistribute": "reweight", "ignore": "reweight", "zero": "constant",
    "forbid": "refuse", "error": "refuse", "fail": "refuse", "not_allowed": "refuse",
    "winsorize": "winsorise", "winsorised": "winsorise", "winsorized": "winsorise", "trim": "winsorise",
    "iqr": "fences", "skew_kurtosis": "skewness", "skew": "skewness", "jrc": "skewness",
    "judgements": "ahp", "judgments": "ahp", "saaty": "ahp", "shannon": "entropy",
    "principal_components": "pca", "factor_analysis": "pca", "budget": "given", "explicit": "given",
    "same": "equal", "jenks": "natural", "natural_breaks": "natural", "fisher_jenks": "natural",
    "quantile": "quantiles", "quartiles": "quantiles", "quintiles": "quantiles", "equal": "equal",
    "equal_interval": "equal_intervals", "fixed_thresholds": "thresholds", "threshold": "thresholds",
    "high_first": "highest", "descending": "highest", "highest_first": "highest", "low_first": "lowest",
    "ascending": "lowest", "lowest_first": "lowest",
}  # fmt: skip


def plain(text: str) -> str:
    """`Min-Max ` and `min max` are both min_max."""
    found = text.strip().lower()
    return found if re.fullmatch(r"[+-]1?", found) else re.sub(r"[\s\-_/.]+", "_", found)


def word(text: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that is meant, or None."""
    options = set(allowed)
    found = plain(text)
    for candidate in (found, _WORDS.get(found, ""), f"{found}s", found.removesuffix("s")):
        if candidate in options:
            return candidate
    return None


class Section:
    """One table of the spec; `where` is its place, such as `indicator[3]`."""

    def __init__(
        self, values: Any, where: str, notices: Notices, fixed: Mapping[str, str] | None = None
    ) -> None:
        self.where = where
        self.notices = notices
        self._left: dict[str, Any] = {}
        self._written: dict[str, str] = {}
        self._asked: set[str] = set()
        self.stated: set[str] = set()
        spelt = _KEYS | dict(fixed or {})
        if not isinstance(values, Mapping):
            self.tell(Code.KIND_WRONG, "", value=values, expected="[table]")
            return
        for written, value in values.items():
            key = plain(str(written))
            key = spelt.get(key, key)
            if key in self._left:
                self.tell(Code.CONTRADICTION, str(written), value=written, expected=self._written[key])
                continue
            self._left[key] = value
            self._written[key] = str(written)
            self.stated.add(key)

    def place(self, key: str) -> str:
        written = self._written.get(key, key)
        return f"{self.where}.{written}" if self.where and key else self.where or written

    def tell(self, code: Code, key: str, *, value: object = "", expected: object = "") -> None:
        self.notices.add(code, self.place(key), value=value, expected=expected)

    def has(self, key: str) -> bool:
        self._asked.add(key)
        return key in self._left

    def take(self, key: str) -> Any:
        self._asked.add(key)
        return self._left.pop(key, None)

    def text(self, key: str, default: str = "") -> str:
        value = self.take(key)
        if value is None:
            return default
        if isinstance(value, bool | Mapping | list):
            self.tell(Code.KIND_WRONG, key, value=value, expected='"text"')
            return default
        return str(value).strip()

    def needed(self, key: str, expected: str = '"text"') -> str:
        if not self.has(key):
            self.tell(Code.KEY_MISSING, key, expected=expected)
            return ""
        found = self.text(key)
        if not found:
            self.tell(Code.KIND_WRONG, key, expected=expected)
        return found

    def names(self, key: str, default: str = "") -> tuple[str, str]:
        """In Indonesian and English: one text for both, or `{ id = "...", en = "..." }`."""
        if isinstance(self._left.get(key), Mapping):
            inner = self.table(key, {"id": "id", "name": "en"})
            id_, en = inner.text("id"), inner.text("en")
            inner.done()
            return id_ or en or default, en or id_ or default
        found = self.text(key, default)
        return found, found

    def number(
        self,
        key: str,
        default: float | None = None,
        *,
        least: float = -math.inf,
        most: float = math.inf,
        above: float = -math.inf,
    ) -> float | None:
        value = self.take(key)
        if value is None:
            return default
        found = as_number(value)
        if found is None:
            self.tell(Code.KIND_WRONG, key, value=value, expected="12.5")
            return default
        if not least <= found <= most or found <= above:
            ends = f"> {above:g}" if above > -math.inf else f"{least:g} - {most:g}"
            self.tell(Code.NUMBER_OUT, key, value=value, expected=ends)
            return default
        return found

    def whole(self, key: str, default: int | None = None, *, least: int = 0) -> int | None:
        found = self.number(key, None if default is None else float(default), least=least)
        if found is not None and found != int(found):
            self.tell(Code.KIND_WRONG, key, value=found, expected="3")
            return default
        return None if found is None else int(found)

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.take(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.tell(Code.KIND_WRONG, key, value=value, expected="true / false")
            return default
        return value

    def choice(self, key: str, kind: type[Word], default: Word) -> Word:
        value = self.take(key)
        return default if value is None else self.chosen(key, value, kind, default)

    def chosen(self, key: str, value: Any, kind: type[Word], default: Word) -> Word:
        found = word(str(value), [*kind]) if isinstance(value, str | int) else None
        if found is None:
            self.tell(Code.WORD_UNKNOWN, key, value=value, expected=_nearest(str(value), [*kind]))
            return default
        return kind(found)

    def words(self, key: str, kind: type[Word]) -> tuple[Word, ...]:
        value = self.take(key)
        items = [] if value is None else value if isinstance(value, list) else [value]
        found = [word(str(item), [*kind]) for item in items]
        for item, known in zip(items, found, strict=True):
            if known is None:
                self.tell(Code.WORD_UNKNOWN, key, value=item, expected=_nearest(str(item), [*kind]))
        return tuple(dict.fromkeys(kind(known) for known in found if known))

    def numbers(self, key: str, count: int | None = None) -> tuple[float, ...] | None:
        value = self.take(key)
        if value is None:
            return None
        found = [as_number(item) for item in value] if isinstance(value, list) else []
        if not found or None in found or (count is not None and len(found) != count):
            self.tell(Code.KIND_WRONG, key, value=value, expected=f"[{', '.join(['1.5'] * (count or 3))}]")
            return None
        return tuple(item for item in found if item is not None)

    def table(self, key: str, fixed: Mapping[str, str] | None = None) -> Section:
        place = self.place(key)
        value = self.take(key)
        return Section({} if value is None else value, place, self.notices, fixed)

    def rows(self, key: str) -> list[Section]:
        """`[[key]]` tables, or one table of tables whose names become their codes."""
        value, place = self.take(key), self.place(key)
        if value is None:
            return []
        if isinstance(value, Mapping):
            wrapped = [
                {"code": name, **inner} if isinstance(inner, Mapping) else inner
                for name, inner in value.items()
            ]
            return [
                Section(inner, f"{place}.{name}", self.notices)
                for name, inner in zip(value, wrapped, strict=True)
            ]
        if not isinstance(value, list):
            self.tell(Code.KIND_WRONG, key, value=value, expected=f"[[{key}]]")
            return []
        return [Section(inner, f"{place}[{at}]", self.notices) for at, inner in enumerate(value, start=1)]

    def raw(self, key: str) -> Any:
        """What stands there, as it is; still asked for."""
        return self._left.get(key)

    def done(self) -> None:
        """Tells what nobody asked for: a misspelt key must not pass for an absent one."""
        for key in self._left:
            self.tell(Code.KEY_UNKNOWN, key, value=self._written[key], expected=_nearest(key, self._asked))


def as_number(value: Any) -> float | None:
    """A TOML number; texts, truth values, infinities and not-a-number are none."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def as_ratio(value: Any) -> float | None:
    """A positive number, or a fraction as text: `1/3`."""
    if isinstance(value, str):
        found = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*(?:/\s*(\d+(?:[.,]\d+)?)\s*)?", value)
        if found is None:
            return None
        above, below = (float((part or "1").replace(",", ".")) for part in found.groups())
        return above / below if above > 0 and below > 0 else None
    number = as_number(value)
    return number if number is not None and number > 0 else None


def as_share(value: Any) -> float | None:
    """`0.05`, or a text in percent: `5 %`."""
    if isinstance(value, str):
        found = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*%\s*", value)
        return float(found[1].replace(",", ".")) / 100 if found else None
    return as_number(value)


def _nearest(text: str, known: Iterable[str]) -> str:
    """The nearest known word, or else all of them."""
    options: Sequence[str] = sorted(known)
    near = difflib.get_close_matches(plain(text), options, n=1, cutoff=0.75)
    return near[0] if near else ", ".join(options)
