"""What is made of the samples: medians, quartiles, ratios round by round, and whether a target was met. Pure."""

import statistics
from dataclasses import dataclass
from typing import Optional

# How near to the floor of its language a figure has to come whose target lies below that floor.
NEAR_THE_FLOOR = 1.3


@dataclass(frozen=True)
class Row:
    """A target: which sample, against what, and how far it may or must be.

    form: "ratio" (ours over the other), "faster" (the other over ours), "over" (ours less the other), "value" (ours
    alone), "within" (ours over the other plus `factor` times `plus`). bound: at least for "faster" and where
    `is_least`, else at most. floor: the sample of the least that the language can do, where the target may be below it;
    near: how near to it ours has to be then.
    """

    section: str
    what: str
    form: str
    ours: str
    bound: Optional[float] = None
    other: Optional[str] = None
    unit: str = "ns"
    is_least: bool = False
    floor: Optional[str] = None
    plus: Optional[str] = None
    factor: float = 1.0
    near: float = NEAR_THE_FLOOR

    @property
    def samples(self):
        """The names of all samples that it needs."""
        return [name for name in (self.ours, self.other, self.floor, self.plus) if name]


@dataclass(frozen=True)
class Verdict:
    """A row with its figures. `met` is None where there is no target; `by_floor` where the floor decided."""

    row: Row
    ours: tuple
    other: Optional[tuple]
    figure: tuple
    met: Optional[bool]
    by_floor: Optional[float] = None
    floor_figure: Optional[float] = None


def spread(values):
    """First quartile, median, third quartile."""
    if not values:
        raise ValueError("a sample without values")
    if len(values) == 1:
        return (values[0],) * 3
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high


def figures(row, samples, ours=None):
    """The figure of each round that has all that it needs: rounds are paired, what a busy machine did hits both."""
    columns = [samples[name] for name in (ours or row.ours, row.other, row.plus) if name]
    rounds = list(zip(*columns))
    if row.form == "value":
        return [own for own, *_ in rounds]
    if row.form == "ratio":
        return [own / other for own, other in rounds]
    if row.form == "faster":
        return [other / own for own, other in rounds]
    if row.form == "over":
        return [own - other for own, other in rounds]
    if row.form == "within":
        return [own / (other + row.factor * plus) for own, other, plus in rounds]
    raise ValueError(f"unknown form {row.form}")


def is_met(row, figure):
    if row.bound is None:
        return None
    return figure >= row.bound if row.form == "faster" or row.is_least else figure <= row.bound


def judge(row, samples):
    """The verdict over a row; a sample that is missing is an error, never an empty line."""
    missing = [name for name in row.samples if not samples.get(name)]
    if missing:
        raise KeyError(f"{row.what}: no sample {', '.join(missing)}")
    figure = spread(figures(row, samples))
    met, by_floor, floor_figure = is_met(row, figure[1]), None, None
    if row.floor:
        floor_figure = spread(figures(row, samples, ours=row.floor))[1]
        if met is False and is_met(row, floor_figure) is False:
            pairs = zip(samples[row.ours], samples[row.floor])
            by_floor = statistics.median(floor / ours if row.is_least else ours / floor for ours, floor in pairs)
            met = by_floor <= row.near
    other = spread(samples[row.other]) if row.other else None
    return Verdict(row, spread(samples[row.ours]), other, figure, met, by_floor, floor_figure)
