"""A computed index as JSON and CSV: stable names, full precision; docs/composite.md describes every key."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final, TextIO

from kawal import __version__
from kawal.composite.files import DataFile, SpecFile
from kawal.composite.words import said
from kawal.rules.risk.composite.compute import Result
from kawal.rules.risk.composite.framework import Index, Node
from kawal.rules.risk.composite.multivariate import structures
from kawal.rules.risk.composite.notices import Notice
from kawal.rules.risk.composite.prepare import marks_of
from kawal.rules.risk.composite.robustness import Interval, Robustness
from kawal.rules.risk.composite.rollup import rolled_up
from kawal.rules.risk.composite.sensitivity import Sensitivity

FORMAT: Final = "kawal-index/1"


@dataclass(frozen=True, slots=True)
class Answer:
    spec: SpecFile
    data: DataFile
    result: Result
    robustness: Robustness | None
    sensitivity: Sensitivity | None

    def write_json(self, out: TextIO) -> None:
        """One unit at a time, so that a nation need not stand in memory twice."""
        head = json.dumps(self._head(), ensure_ascii=False, indent=1, allow_nan=False)
        out.write(head.rstrip().removesuffix("}").rstrip())
        out.write(',\n "units": [')
        for at, unit in enumerate(self.units()):
            out.write("\n  " if not at else ",\n  ")
            json.dump(unit, out, ensure_ascii=False, allow_nan=False)
        out.write("\n ]\n}\n")

    def write_csv(self, out: TextIO) -> None:
        index = self.result.index
        codes = [node.code for node in index.nodes if node is not index.root]
        codes += [item.code for item in index.indicators]
        head = ["id", "name", "group", "score", "score_exact", "rank", "class", "coverage", *codes]
        names = index.classes.names
        if self.robustness:
            head += ["rank_low", "rank_median", "rank_high", "score_low", "score_median", "score_high"]
            head += ["changes_class", *(f"share_{name}" for name in names)]
        table = csv.writer(out, lineterminator="\n")
        table.writerow(head)
        for row, unit in enumerate(self.units()):
            cells = [
                unit["id"],
                unit["name"],
                unit["group"],
                unit["score"],
                unit["score_exact"],
                unit["rank"],
            ]
            cells += [unit["class"], unit["coverage"]]
            cells += [_number(self.result.climbed.values[code][row]) for code in codes]
            if sure := unit.get("robustness"):
                cells += [*sure["rank"].values(), *sure["score"].values(), sure["changes_class"]]
                cells += [sure["classes"][name] for name in names]
            table.writerow("" if cell is None else cell for cell in cells)

    def _head(self) -> dict[str, Any]:
        result, index = self.result, self.result.index
        return {
            "format": FORMAT,
            "software": f"kawal {__version__}",
            "index": {
                "name": index.name,
                "title": {"id": index.title_id, "en": index.title_en},
                "publisher": index.publisher,
                "date": index.date,
                "source": index.source,
                "licence": index.licence,
                "range": [index.low * index.multiply, index.high * index.multiply],
                "rank": "highest" if index.high_first else "lowest",
                "digits": index.digits.score,
            },
            "spec": {"file": self.spec.name, "sha256": self.spec.sha256},
            "data": {"file": self.data.name, "sha256": self.data.sha256, "units": len(result.table.ids)},
            "classes": {
                "method": index.classes.breaks.value,
                "names": list(index.classes.names),
                "thresholds": [_number(found) for found in result.thresholds],
                "counts": {
                    name: int((result.klass == place).sum()) for place, name in enumerate(index.classes.names)
                },
            },
            "tree": _tree(index, result),
            "notices": [_notice(found) for found in result.notices.kept],
            "notice_counts": {code.value: count for code, count in sorted(result.notices.counts.items())},
            "structure": {
                code: {
                    "alpha": _number(found.alpha),
                    "children": {
                        name: {key: _number(value) for key, value in asdict(child).items()}
                        for name, child in found.children.items()
                    },
                }
                for code, found in structures(result).items()
            },
            "groups": self._groups(),
            "robustness": self._sure(),
            "sensitivity": self._sensitive(),
        }

    def _groups(self) -> list[dict[str, Any]]:
        names = self.result.index.classes.names
        found = []
        for group in rolled_up(self.result):
            told = asdict(group)
            place, counts = told.pop("klass"), told.pop("counts")
            told["class"] = names[place] if names and place >= 0 else None
            told["classes"] = dict(zip(names, counts, strict=False))
            found.append(told)
        return found

    def units(self) -> Iterator[dict[str, Any]]:
        result, index, table = self.result, self.result.index, self.result.table
        codes = [item.code for item in index.indicators]
        dimensions = [node.code for node in index.nodes if node is not index.root]
        climbed, shares = result.climbed, result.weighed.shares
        for row, unit in enumerate(table.ids):
            told = {
                "id": unit,
                "name": table.names[row],
                "group": table.groups[row] or None,
                "score": _number(result.score[row]),
                "score_exact": _number(result.exact[row]),
                "rank": int(result.rank[row]) or None,
                "class": result.class_name(row),
                "coverage": _number(result.coverage[row]),
                "dimensions": {
                    code: {
                        "value": _number(climbed.values[code][row]),
                        "weight": shares[code],
                        "contribution": _number(climbed.parts[code][row]),
                        "coverage": _number(climbed.coverage[code][row]),
                    }
                    for code in dimensions
                },
                "indicators": {
                    code: {
                        "raw": _number(table.values[row, j]),
                        "used": _number(result.prepared.values[row, j]),
                        "normalised": _number(result.norms[row, j]),
                        "weight": shares[code],
                        "contribution": _number(climbed.parts[code][row]),
                    }
                    for j, code in enumerate(codes)
                },
                "treatment": marks_of(result.prepared, row, codes),
            }
            if self.robustness:
                told["robustness"] = self._sure_of(self.robustness, row)
            yield told

    def _sure_of(self, sure: Robustness, row: int) -> dict[str, Any]:
        names = self.result.index.classes.names
        return {
            "rank": _interval(sure.rank, row),
            "score": _interval(sure.score, row),
            "classes": {name: float(sure.shares[row, place]) for place, name in enumerate(names)},
            "changes_class": _number(sure.changes[row]) if names else None,
        }

    def _sure(self) -> dict[str, Any] | None:
        sure, choices = self.robustness, self.result.index.choices
        if sure is None:
            return None
        return {
            "replications": sure.replications,
            "seed": sure.seed,
            "varied": [factor.value for factor in sure.factors],
            "weights_vary": choices.weights_vary,
            "concentration": choices.concentration,
            "normalisation": [method.value for method in choices.normalisation],
            "aggregation": [mean.value for mean in choices.aggregation],
            "missing": [rule.value for rule in choices.missing],
            "interval": [0.05, 0.95],
            "mean_rank_shift": sure.mean_shift,
        }

    def _sensitive(self) -> dict[str, Any] | None:
        found = self.sensitivity
        if found is None:
            return None
        return {
            "size": found.size,
            "seed": found.seed,
            "figures": [
                {
                    "figure": shares.figure,
                    "unit": shares.unit or None,
                    "variance": shares.variance,
                    "first_order": dict(zip(found.factors, map(_number, shares.first), strict=True)),
                    "total": dict(zip(found.factors, map(_number, shares.total), strict=True)),
                }
                for shares in found.shares
            ],
        }


def _tree(index: Index, result: Result) -> dict[str, Any]:
    """The framework with the weights that were used; `weight_in_index` is the share of the whole."""

    def told(item: Any, whole: float) -> dict[str, Any]:
        share = result.weighed.shares.get(item.code, 1.0)
        found = {
            "code": item.code,
            "name": {"id": item.name_id, "en": item.name_en},
            "weight": share,
            "weight_in_index": whole * share,
        }
        if not isinstance(item, Node):
            return found | {
                "direction": item.direction.value,
                "normalisation": item.normalisation.method.value,
                "unit": item.unit,
                "source": item.source,
                "date": item.date,
            }
        ratio = result.weighed.ratios.get(item.code)
        return found | {
            "aggregation": item.aggregation.mean.value,
            "weighting": item.weighting.value,
            "consistency_ratio": None if ratio is None else _number(ratio),
            "children": [told(child, whole * share) for child in item.children],
        }

    return told(index.root, 1.0)


def _notice(notice: Notice) -> dict[str, Any]:
    return {**asdict(notice), "severity": notice.severity.value, "words": said(notice)}


def _interval(found: Interval, row: int) -> dict[str, float | None]:
    return {
        "low": _number(found.low[row]),
        "median": _number(found.median[row]),
        "high": _number(found.high[row]),
    }


def _number(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None
