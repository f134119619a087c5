"""Step 1 of the handbook, the framework: what an index is made of, as frozen facts.

The ten steps are those of OECD/JRC, Handbook on Constructing Composite Indicators: Methodology and
User Guide (2008), part 1. A spec file is read into these by `reading`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Final


class Direction(StrEnum):
    UP = "up"  # more of it raises the score
    DOWN = "down"  # more of it lowers the score


class Transform(StrEnum):
    NONE = "none"
    LOG = "log"  # where ten times as much is one step, such as income or density
    SQUARE_ROOT = "square_root"
    BOX_COX = "box_cox"  # exponent by maximum likelihood


class Method(StrEnum):
    """Of normalisation (handbook, step 5)."""

    GOALPOSTS = "goalposts"
    MIN_MAX = "min_max"
    Z_SCORE = "z_score"
    RANK = "rank"
    PERCENTILE = "percentile"
    BORDA = "borda"
    REFERENCE = "reference"
    NONE = "none"


class Missing(StrEnum):
    REWEIGHT = "reweight"  # the others carry its weight, and the coverage says so
    LISTED = "listed"  # a source that lists only what is affected: unlisted is 0 where its group is covered
    MEAN = "mean"
    MEDIAN = "median"
    GROUP_MEAN = "group_mean"
    GROUP_MEDIAN = "group_median"
    NEIGHBOUR = "neighbour"  # mean of the units most alike in the other indicators
    CONSTANT = "constant"
    REFUSE = "refuse"


class Outliers(StrEnum):
    NONE = "none"
    POINTS = "winsorise"  # so many of the highest and lowest values are pulled in
    PERCENTILES = "percentiles"  # values beyond them are pulled in
    FENCES = "fences"  # beyond so many interquartile ranges from the quartiles
    SKEWNESS = "skewness"  # pulled in one by one while skewed and peaked (JRC's rule)


class Weighting(StrEnum):
    GIVEN = "given"
    EQUAL = "equal"
    AHP = "ahp"
    ENTROPY = "entropy"
    PCA = "pca"


class Mean(StrEnum):
    """How children become their parent (handbook, step 6)."""

    ARITHMETIC = "arithmetic"
    GEOMETRIC = "geometric"
    HARMONIC = "harmonic"
    POWER = "power"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    # Non-compensatory: what a unit lacks in one is not made up by another.
    BORDA = "borda"
    COPELAND = "copeland"
    KEMENY = "kemeny"


OUTRANKING: Final = frozenset({Mean.BORDA, Mean.COPELAND, Mean.KEMENY})


class Breaks(StrEnum):
    NONE = "none"
    THRESHOLDS = "thresholds"
    QUANTILES = "quantiles"
    NATURAL = "natural"  # Fisher-Jenks, exact
    EQUAL = "equal_intervals"


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalisation:
    method: Method = Method.MIN_MAX
    low: float | None = None  # goalposts, ascending, in the indicator's own unit
    high: float | None = None
    hold_low: bool = True  # what lies beyond a goalpost counts as at it
    hold_high: bool = True
    reference: float | str = "best"  # a number, best, worst, mean, median or the id of a unit
    centre: float = 0.0  # of z-scores
    spread: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    method: Outliers = Outliers.NONE
    low: float = 0.0  # points, percentile or interquartile ranges, by the method
    high: float = 0.0
    skewness: float = 2.0
    kurtosis: float = 3.5
    points_max: int = 5
    otherwise: Transform = Transform.NONE  # where pulling in is not enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    method: Missing = Missing.REWEIGHT
    constant: float = 0.0
    neighbours: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """How far a value may be off, as a standard deviation."""

    sd: float = 0.0  # in the indicator's unit
    share: float = 0.0  # of the value


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    code: str
    name_id: str
    name_en: str
    column: str
    unit: str
    weight: float
    direction: Direction
    transform: Transform
    normalisation: Normalisation
    treatment: Treatment
    filling: Filling
    noise: Noise
    floor: float | None  # a value below counts as this much, and the result says so
    cap: float | None
    valid_low: float | None  # a value beyond these is refused
    valid_high: float | None
    source: str
    date: str
    origin: str  # `places`: measured by Kawal; `given`: only where somebody gives it
    why_id: str  # reason for the weight and the goalposts
    why_en: str

    @property
    def missing(self) -> Missing:
        return self.filling.method

    @property
    def safe(self) -> float:
        """The goalpost at which it adds nothing, of an index where high is bad."""
        return self._goalpost(Direction.UP)

    @property
    def worst(self) -> float:
        """The goalpost at which it adds its whole weight."""
        return self._goalpost(Direction.DOWN)

    def _goalpost(self, low_if: Direction) -> float:
        low, high = self.normalisation.low, self.normalisation.high
        if low is None or high is None:
            raise ValueError(f"{self.code} has no goalposts")
        return low if self.direction is low_if else high


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregation:
    mean: Mean = Mean.ARITHMETIC
    power: float = 1.0
    inverted: bool = False  # the mean of what is lacking to the top of the range
    on: tuple[float, float] | None = None  # the range on which the mean is taken, such as 1 to 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgements:
    """Pairwise judgements of children (Saaty): (one, other, how many times as important)."""

    pairs: tuple[tuple[str, str, float], ...] = ()
    by_mean: bool = False  # row geometric means instead of the principal eigenvector
    refuse_above: float | None = None  # consistency ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A dimension, a sub-dimension, or the index itself (the root)."""

    code: str
    name_id: str
    name_en: str
    weight: float
    children: tuple[Node | Indicator, ...]
    aggregation: Aggregation
    weighting: Weighting
    judgements: Judgements
    minimum_coverage: float  # share of its weight that must be known
    why_id: str = ""
    why_en: str = ""

    def walk(self) -> Iterator[Node | Indicator]:
        """All below it and itself, children before their parent."""
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()
            else:
                yield child
        yield self


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    """Names from the lowest score to the highest."""

    breaks: Breaks = Breaks.NONE
    names: tuple[str, ...] = ()
    thresholds: tuple[float, ...] = ()  # least score of every class but the lowest
    source: str = ""


class RollScore(StrEnum):
    """The score of a group of units."""

    WEIGHTED_MEAN = "weighted_mean"  # by the units' weights
    MEAN = "mean"
    MEDIAN = "median"
    HIGHEST = "highest"
    LOWEST = "lowest"


class RollClass(StrEnum):
    """The class of a group of units."""

    OF_SCORE = "of_score"
    HIGHEST = "highest"
    LOWEST = "lowest"
    MOST = "most"  # that of most units; of equals the highest


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolling:
    score: RollScore = RollScore.WEIGHTED_MEAN
    klass: RollClass = RollClass.OF_SCORE


@dataclass(frozen=True, slots=True, kw_only=True)
class Digits:
    """Decimals to which a number is rounded before it is used further; None = not at all. Half goes up."""

    score: int | None = None
    dimensions: int | None = None
    indicators: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    id: str = ""  # empty: the first column
    name: str = ""
    group: str = ""
    weight: str = ""  # of a unit, in roll-ups
    decimal: str = ""  # `,` or `.`; empty: as the file shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the robustness checks vary (step 7). Empty: as the index itself does it."""

    weights_vary: float = 0.25  # each weight between (1 - vary) and (1 + vary) of its own
    concentration: float | None = None  # of a Dirichlet distribution around the weights, instead
    normalisation: tuple[Method, ...] = ()
    aggregation: tuple[Mean, ...] = ()
    missing: tuple[Missing, ...] = ()
    noise: Noise = field(default_factory=Noise)  # for indicators that state none
    replications: int = 1000
    seed: int = 1


@dataclass(frozen=True, kw_only=True, eq=False)  # no slots: what is walked once is kept
class Index:
    name: str
    title_id: str
    title_en: str
    publisher: str
    date: str
    source: str
    licence: str
    root: Node
    low: float  # the range of normalised values, dimensions and score
    high: float
    multiply: float  # of the final score
    classes: Classes
    digits: Digits
    columns: Columns
    high_first: bool  # rank 1 is the highest score
    by_coverage: bool  # a dimension of which a part is known counts by that part
    unknown_score: float | None  # where nothing at all is known
    choices: Choices
    rolling: Rolling
    measures: Mapping[str, Any]  # settings of what the program measures by itself

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        return tuple(item for item in self.root.walk() if isinstance(item, Indicator))

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Dimensions before the index itself, which is last."""
        return tuple(item for item in self.root.walk() if isinstance(item, Node))

    def parents(self) -> dict[str, Node]:
        return {child.code: node for node in self.nodes for child in node.children}
