"""Forecasts of a hierarchy whose parts add up to their wholes, in every path and month."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from forecasting.arrays import Array, Indices
from forecasting.coupling import couple
from forecasting.hierarchy import Member, ReconciledPaths, Sum, sums_in_order, values_between
from forecasting.month import Month

_HALF_COUNT = 0.5
_LEAST_SPREAD = 1e-3
_ROUNDING_STREAM = 1
"""Separates the random numbers of rounding from those of coupling."""


def reconcile(
    members: Mapping[str, Member], sums: Sequence[Sum], seed: int = 0
) -> dict[str, Array]:
    """Make the forecasts of a hierarchy add up.

    The paths are first coupled, so that row i of all series is one possible future. A whole, which
    is a part of nothing, keeps its counts in every month; they are put into the order of the sums
    of its parts, so that the parts have to give way least. Then each series is divided among its
    parts, which give way in proportion to their variances; the counts are rounded so that they
    still add up.

    A month in which some members have a figure and others do not is part of the forecast: the parts
    of a whole that is known add up to the figure, and a whole whose parts are known is their sum. A
    sum is left out in a month for which one of its members has neither a certain figure nor a path,
    and in one whose figures contradict it.

    Parameters
    ----------
    members : mapping of str to Member
        By key. All have the same number of draws; origins and horizons may differ.
    sums : sequence of Sum
        Which members add up to which. A member in no sum is only rounded.
    seed : int
        0 or more.

    Returns
    -------
    dict of str to array, each of shape (draws, horizon)
        Whole counts of the months after each member's own origin.

    Raises
    ------
    ValueError
        If the members' draws differ or the sums do not fit together; the message names the member.

    References
    ----------
    Wickramasuriya, Athanasopoulos & Hyndman (2019), JASA 114(526), minimum trace reconciliation;
    Panagiotelis, Gamakumara, Athanasopoulos & Hyndman (2023), EJOR 306(2), of sample paths.

    Examples
    --------
    >>> from forecasting import MonthlySeries
    >>> history = MonthlySeries("2024-01", [10, 12, 11])
    >>> members = {
    ...     "all": Member(history, np.array([[20.0], [30.0]])),
    ...     "a": Member(history, np.array([[9.0], [12.0]])),
    ...     "b": Member(history, np.array([[9.0], [12.0]])),
    ... }
    >>> paths = reconcile(members, [Sum("all", "half", ("a", "b"))])
    >>> paths["all"].tolist(), (paths["a"] + paths["b"]).tolist()
    ([[20.0], [30.0]], [[20.0], [30.0]])
    """
    return {key: one.paths for key, one in reconcile_rows(members, sums, seed).items()}


def reconcile_rows(
    members: Mapping[str, Member], sums: Sequence[Sum], seed: int = 0
) -> dict[str, ReconciledPaths]:
    """Reconcile, and tell which row of the given paths each path continues.

    Takes and raises what `reconcile` does.
    """
    if not members:
        return {}
    first_key, first = next(iter(members.items()))
    for key, one in members.items():
        if len(one.paths) != len(first.paths):
            raise ValueError(
                f"{key} has {len(one.paths)} draws and {first_key} {len(first.paths)}, expected "
                "the same number"
            )
    ordered = sums_in_order(sums, members)
    return _Reconciliation(dict(sorted(members.items())), ordered, seed).run()


class _Reconciliation:
    """The work on one hierarchy.

    All arrays have one column for each month from the first forecast to the last.

    fixed: (months,) the one count that is possible, NaN if there are several
    least: (months,) the smallest count that is possible
    holds: (months,) whether a sum is to hold
    """

    def __init__(self, members: Mapping[str, Member], sums: Sequence[Sum], seed: int) -> None:
        self._members = members
        self._first: Month = min(one.history.end for one in members.values()) + 1
        last = max(one.history.end + one.paths.shape[1] for one in members.values())
        self._months = last - self._first + 1
        self._draws = len(next(iter(members.values())).paths)
        self._sums = sums
        self._divided: dict[str, list[Sum]] = defaultdict(list)
        for one in sums:
            if not one.overlapping:
                self._divided[one.total].append(one)
        self._overlaps = {one.total: one for one in sums if one.overlapping}
        self._rng = np.random.default_rng([seed, _ROUNDING_STREAM])
        self._own = {key: self._columns(key) for key in members}
        self._figures = {key: self._known_figures(one, last) for key, one in members.items()}
        self._base = self._couple(seed)
        self._fixed: dict[str, Array] = {}
        self._least: dict[str, Array] = {}
        self._holds = {one: self._all_present(one) for one in sums}
        self._estimate: dict[str, Array] = {}
        self._variance: dict[str, Array] = {}
        self._made: dict[str, Array] = {}

    def run(self) -> dict[str, ReconciledPaths]:
        parts = {part for one in self._sums if not one.overlapping for part in one.parts}
        wholes = [key for key in self._members if key not in parts]
        for key in wholes:
            self._bound(key)
        for key in self._members:
            self._estimate_own(key)
        for key in wholes:
            self._order_like_parts(key)
        for key in self._members:
            self._made[key] = self._at_least(key, np.rint(self._base[key]))
        for one in self._sums:
            if one.overlapping:
                self._add_up(one)
            else:
                self._divide(one)
        return {
            key: ReconciledPaths(made[:, self._own[key]].copy(), self._rows(key))
            for key, made in self._made.items()
        }

    def _rows(self, key: str) -> Indices:
        """Which of the given paths has the count that was ordered into each row's first month."""
        given = self._members[key].paths[:, 0].argsort(kind="stable")
        rows = np.empty(self._draws, dtype=np.intp)
        rows[self._base[key][:, self._own[key].start].argsort(kind="stable")] = given
        return rows

    def _columns(self, key: str) -> slice:
        begin = self._members[key].history.end + 1 - self._first
        return slice(begin, begin + self._members[key].paths.shape[1])

    def _known_figures(self, one: Member, last: Month) -> Array:
        figures = np.rint(values_between(one.history, self._first, last))
        for month in one.uncertain:
            if self._first <= month <= last:
                figures[month - self._first] = np.nan
        return figures

    def _couple(self, seed: int) -> dict[str, Array]:
        """Paths in all months; those outside a forecast repeat its nearest month."""
        padded = [
            np.pad(
                one.paths,
                ((0, 0), (self._own[key].start, self._months - self._own[key].stop)),
                mode="edge",
            )
            for key, one in self._members.items()
        ]
        coupled = couple([one.history for one in self._members.values()], padded, seed)
        return dict(zip(self._members, coupled, strict=True))

    def _all_present(self, one: Sum) -> NDArray[np.bool_]:
        present = np.ones(self._months, dtype=bool)
        for key in (one.total, *one.parts):
            here = ~np.isnan(self._figures[key])
            here[self._own[key]] = True
            present &= here
        return present

    def _bound(self, key: str) -> None:
        """Find what the figures leave open for a series and all below it."""
        fixed, least = self._figures[key].copy(), np.zeros(self._months)
        sums = self._divided[key]
        for part in (part for one in sums for part in one.parts):
            self._bound(part)
        known = [np.sum([self._fixed[part] for part in one.parts], axis=0) for one in sums]
        needed = [np.sum([self._least[part] for part in one.parts], axis=0) for one in sums]
        for one, count in zip(sums, known, strict=True):
            fixed = np.where(self._holds[one] & np.isnan(fixed), count, fixed)
        for one, count, smallest in zip(sums, known, needed, strict=True):
            contradicted = (smallest > fixed) | (~np.isnan(count) & (count != fixed))
            self._holds[one] &= ~contradicted
            least = np.where(self._holds[one], np.maximum(least, smallest), least)
        self._fixed[key] = fixed
        self._least[key] = np.where(np.isnan(fixed), least, fixed)

    def _estimate_own(self, key: str) -> None:
        """What a series is expected to be in each path before it adds up, and how far it may be
        off."""
        base, fixed = self._base[key], self._fixed[key]
        known = ~np.isnan(fixed)
        self._estimate[key] = np.where(known, fixed, base)
        self._variance[key] = np.where(known, 0.0, (_log_spread(base) * (base + _HALF_COUNT)) ** 2)

    def _order_like_parts(self, key: str) -> None:
        """Reorder the counts of a whole in each month as the sums of its parts are ordered.

        If it has several dimensions, as the mean of their sums is.
        """
        reference, counted = np.zeros((self._draws, self._months)), np.zeros(self._months)
        for one in self._divided[key]:
            total = np.sum([self._estimate[part] for part in one.parts], axis=0)
            reference += np.where(self._holds[one], total, 0.0)
            counted += self._holds[one]
        columns = counted > 0
        own = self._base[key][:, columns]  # tells ties of sums of small counts apart
        ranks = np.lexsort((own, reference[:, columns]), axis=0).argsort(axis=0)
        self._base[key][:, columns] = np.take_along_axis(np.sort(own, axis=0), ranks, axis=0)

    def _at_least(self, key: str, counts: Array) -> Array:
        """Counts moved into what the figures leave open."""
        fixed = self._fixed[key]
        return np.where(np.isnan(fixed), np.maximum(counts, self._least[key]), fixed)

    def _add_up(self, one: Sum) -> None:
        """Let an overlapping total follow from its parts in months without a figure of its own."""
        total = np.sum([self._made[part] for part in one.parts], axis=0)
        open_to_it = np.isnan(self._fixed[one.total]) & (total >= self._least[one.total]).all(
            axis=0
        )
        self._holds[one] &= open_to_it
        self._made[one.total] = np.where(self._holds[one], total, self._made[one.total])

    def _divide(self, one: Sum) -> None:
        """Divide a total among its parts; overlapping ones stay what they are if that is possible.

        What remains above the least counts is rounded systematically, which keeps its mean.
        """
        lower, closed = self._settle_parts(one)
        columns = self._holds[one]
        lower, free = lower[..., columns], ~closed[:, None, columns]
        estimate = np.stack([self._estimate[part][:, columns] for part in one.parts])
        variance = np.stack([self._variance[part][:, columns] for part in one.parts]) * free
        left = self._made[one.total][:, columns] - lower.sum(axis=0)
        wanted = (estimate - lower) * free
        gap = left - wanted.sum(axis=0)
        wanted = np.maximum(wanted + _ratio(variance, variance.sum(axis=0)) * gap, 0.0)
        above = np.cumsum(wanted, axis=0)
        above = _ratio(above, above[-1]) * left
        above = np.floor(above + self._rng.random(left.shape))
        counts = lower + np.diff(above, axis=0, prepend=0.0)
        for part, made in zip(one.parts, counts, strict=True):
            self._made[part][:, columns] = made

    def _settle_parts(self, one: Sum) -> tuple[Array, NDArray[np.bool_]]:
        """The least counts of a total's parts, (k, draws, months), and which of them are final,
        (k, months)."""
        shape = (self._draws, self._months)
        least = np.stack([np.broadcast_to(self._least[part], shape) for part in one.parts])
        fixed = ~np.isnan([self._fixed[part] for part in one.parts])
        overlaps = [self._overlaps.get(part) for part in one.parts]
        derived = np.array(
            [
                np.zeros(self._months, dtype=bool) if each is None else self._holds[each]
                for each in overlaps
            ]
        )
        made = np.stack([self._made[part] for part in one.parts])
        lower, closed = np.where(derived[:, None], made, least), fixed | derived
        left = self._made[one.total] - lower.sum(axis=0)
        impossible = (left < 0).any(axis=0) | (closed.all(axis=0) & (left != 0).any(axis=0))
        for each in overlaps:
            if each is not None:
                self._holds[each] &= ~impossible
        return np.where(impossible, least, lower), np.where(impossible, fixed, closed)


def _log_spread(paths: Array) -> Array:
    """(months,) standard deviation of the logs."""
    return np.asarray(np.log1p(paths).std(axis=0) + _LEAST_SPREAD)


def _ratio(numerator: Array, denominator: Array) -> Array:
    """The ratio, zero if the denominator is."""
    return np.divide(
        numerator,
        denominator,
        out=np.zeros(np.broadcast_shapes(numerator.shape, denominator.shape)),
        where=denominator > 0,
    )
