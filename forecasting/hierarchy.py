"""Hierarchies: which counts add up to which, and what their parts leave over."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.arrays import Array, Indices
from forecasting.month import Month
from forecasting.series import MonthlySeries

RESIDUAL = "other"
_RECENT_MONTHS = 12
_FEWEST_MONTHS = 24
"""Months with all figures that a residual needs, as any series does, to be forecast well."""
_STANDARD_ERRORS = 2.0
"""By how many standard errors a residual must exceed zero to be more than rounding."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A count and the parts that add up to it.

    Parameters
    ----------
    total : str
        The key of the whole.
    dimension : str
        What divides it, such as "sector". One total can have a sum for each of several dimensions.
    parts : tuple of str
        The keys of the parts, the residual included if there is one.
    overlapping : bool
        True if the parts belong to other sums already, as the Border Patrol's southwest border does
        to the Border Patrol when it is also a part of the whole southwest border. The total then
        follows from its parts instead of being divided among them.

    Raises
    ------
    ValueError
        If there are no parts, or one is named twice or is the total.

    Examples
    --------
    >>> Sum("usbp.northern", "sector", ("usbp.northern.blaine", "usbp.northern.swanton")).residual
    'usbp.northern.sector.other'
    """

    total: str
    dimension: str
    parts: tuple[str, ...]
    overlapping: bool = False

    def __post_init__(self) -> None:
        if not self.parts or len({self.total, *self.parts}) != 1 + len(self.parts):
            raise ValueError(
                f"{self.total} by {self.dimension} has the parts {', '.join(self.parts) or 'none'}"
                "; expected one or more different series, none of them the total"
            )

    @property
    def residual(self) -> str:
        """The key of what the named parts leave over."""
        return f"{self.total}.{self.dimension}.{RESIDUAL}"


@dataclass(frozen=True, eq=False)
class Member:
    """A series of a hierarchy: its figures and the paths of its forecast.

    Parameters
    ----------
    history : MonthlySeries
        The figures, the last of which is for the origin of the forecast.
    paths : array, shape (draws, horizon)
        Counts of the months after the origin, finite and non-negative.
    uncertain : collection of Month
        Months whose figures are too vague to add up with others.

    Raises
    ------
    ValueError
        If the paths are not as described.

    Examples
    --------
    >>> history = MonthlySeries("2024-01", [10, 12, 11])
    >>> Member(history, np.array([[9.0, 8.0], [13.0, 15.0]])).paths.shape
    (2, 2)
    """

    history: MonthlySeries
    paths: Array
    uncertain: Collection[Month] = ()

    def __post_init__(self) -> None:
        paths = np.asarray(self.paths, dtype=np.float64)
        if paths.ndim != 2 or 0 in paths.shape:
            raise ValueError(
                f"paths has shape {paths.shape}, expected (draws, horizon), both at least 1"
            )
        if not np.isfinite(paths).all() or (paths < 0).any():
            raise ValueError(
                "paths holds a negative or non-finite value, expected finite counts of 0 or more"
            )
        object.__setattr__(self, "paths", paths)


@dataclass(frozen=True, eq=False)
class ReconciledPaths:
    """The paths of one series of a hierarchy that adds up.

    paths: (draws, horizon) whole counts of the months after the member's origin
    rows: (draws,) which row of the given paths the first month of each path comes from, and so
        which draw of the months before belongs to it
    """

    paths: Array
    rows: Indices


def find_residual(total: MonthlySeries, parts: Sequence[MonthlySeries]) -> MonthlySeries | None:
    """Find what the parts of a total leave over: withheld or unnamed parts.

    Differences that are rounding errors, to either side of zero, are no residual.

    Parameters
    ----------
    total : MonthlySeries
    parts : sequence of MonthlySeries
        A month counts only if the total and every part have a figure for it.

    Returns
    -------
    MonthlySeries or None
        Total minus parts in counts, zero if the parts exceed the total. None if there are fewer
        than 24 such months, or the sum of the last twelve is not above two standard errors.

    Examples
    --------
    >>> total = MonthlySeries("2022-01", np.full(24, 100.0))
    >>> find_residual(total, [MonthlySeries("2022-01", np.full(24, 60.0))]).values[:3].tolist()
    [40.0, 40.0, 40.0]
    >>> find_residual(total, [total]) is None
    True
    """
    left = total.values - sum(
        (values_between(part, total.start, total.end) for part in parts), np.zeros(len(total))
    )
    complete = np.flatnonzero(~np.isnan(left))
    if complete.size < _FEWEST_MONTHS:
        return None
    recent = left[complete[-_RECENT_MONTHS:]]
    if recent.sum() <= _STANDARD_ERRORS * np.sqrt((recent**2).sum()):
        return None
    first, last = int(complete[0]), int(complete[-1])
    return MonthlySeries(total.start + first, np.maximum(left[first : last + 1], 0.0))


def values_between(series: MonthlySeries, first: Month, last: Month) -> Array:
    """The figures of a series from one month to another, both included, NaN if there is none."""
    values = np.full(last - first + 1, np.nan)
    begin, end = max(first, series.start), min(last, series.end)
    if begin <= end:
        values[begin - first : end - first + 1] = series.values[
            begin - series.start : end - series.start + 1
        ]
    return values


def sums_in_order(sums: Collection[Sum], members: Iterable[str]) -> list[Sum]:
    """Order sums so that each comes after those that determine what it needs.

    Raises
    ------
    ValueError
        If a series is no member, is a part of two sums that do not overlap or the total of two that
        do, or the sums go in a circle; the message names it.
    """
    known = set(members)
    owner: dict[str, Sum] = {}
    derived: dict[str, Sum] = {}
    for one in sums:
        if missing := sorted({one.total, *one.parts} - known):
            raise ValueError(
                f"{one.total} by {one.dimension} names {missing[0]}, expected a member"
            )
        for key in (one.total,) if one.overlapping else one.parts:
            taken = derived if one.overlapping else owner
            if key in taken:
                raise ValueError(
                    f"{key} is in two sums, {taken[key].total} by {taken[key].dimension} and "
                    f"{one.total} by {one.dimension}; expected one, or overlapping=True"
                )
            taken[key] = one
    waiting, done, ordered = list(sums), set[Sum](), list[Sum]()

    def determined(key: str) -> bool:
        return (key not in owner or owner[key] in done) and (
            key not in derived or derived[key] in done
        )

    def is_ready(one: Sum) -> bool:
        if one.overlapping:
            return all(determined(part) for part in one.parts)
        above = one.total not in owner or owner[one.total] in done
        beside = all(derived[key] in done for key in (one.total, *one.parts) if key in derived)
        return above and beside

    while waiting:
        ready = [one for one in waiting if is_ready(one)]
        if not ready:
            raise ValueError(f"{waiting[0].total} is a part of itself, expected no circle of sums")
        ordered += ready
        done.update(ready)
        waiting = [one for one in waiting if one not in done]
    return ordered
