"""What the months with uncertain figures truly were, as far as the figures and the rest of the
series tell."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.arrays import Array, Indices
from forecasting.measurement.noise import MeasurementNoise, t_log_density
from forecasting.measurement.revisions import RevisionDistribution, learn_revisions
from forecasting.series import FEWEST_OBSERVED, MonthlySeries

RECENT = 12
"""Months before the last whose errors reach the forecast: an older figure's is forgotten by
then."""

_OUTLIER_FROM = 0.9
"""Posterior probability from which on an outlier counts as missing."""
_RUMOR_SCALE = 1.0
"""Scale of the Cauchy distribution of an outlier around the level, on the log scale: half
of them are between 0.37 and 2.7 times it, and none is impossible."""
_CHANGES = 60
"""How many of the newest monthly changes say how much the series moves: regimes differ in that."""
_USUAL_CHANGE = RevisionDistribution(0.0, 0.2)
"""Monthly change of a series of which nothing is known."""
_USUAL_COUNT = 2.0
"""How many observed changes that weighs as much as: a series of three figures has no more."""
_LEAST_CHANGE = 0.01
_REACH = np.linspace(-8.0, 8.0, 65)
"""Where an outlier's month may have been, in scales of the change since the nearest month that is
known."""


@dataclass(frozen=True)
class SupportPoints:
    """What one observed month may have been: log values (k,), log weights (k,), and from which on
    of them the figure is taken for an outlier."""

    at: int
    logs: Array
    weights: Array
    outlier_from: int


@dataclass(frozen=True, eq=False)
class SmoothedSeries:
    """A series without measurement error, and the error.

    series: uncertain figures at their posterior mean, outliers missing; no measurement
    outlier_probability: (n,) posterior probability of each month of the original series that its
        figure is an outlier
    is_outlier: (n,) True where the figure therefore counts as missing
    deviations: (draws, months) joint draws of log(1 + true) minus that of `series` in its last
        months
    drawn: (k,) ascending indices of the uncertain months among the last ones of the original
        series, outliers included
    log_draws: (draws, k) log(1 + true) of these months; rows belong to those of `deviations`
    """

    series: MonthlySeries
    outlier_probability: Array
    is_outlier: NDArray[np.bool_]
    deviations: Array
    drawn: Indices
    log_draws: Array


def smooth_measurements(
    series: MonthlySeries, draws: int, rng: np.random.Generator, recent: int = RECENT
) -> SmoothedSeries:
    """The posterior of the uncertain months of `series` under a log random walk with Student's t
    changes.

    An uncertain month is a finite set of points: those of its figure's error, and, if the figure
    may be an outlier, a grid around what its neighbors predict. The months then form a hidden
    Markov chain whose posterior is exact, by the forward and backward recursions (Rabiner 1989,
    Proceedings of the IEEE 77(2), section III); the scale of the changes is learned from months
    that are certain. Only errors of the last `recent` months, and figures of any month that
    may be an outlier, are considered. A figure that is found to be an outlier then says nothing,
    neither of its own month nor of others. At least 3 figures are kept, whatever is thought of
    them.
    """
    scale = _monthly_change(series)
    chain = _chain(series, scale, recent)
    forward = _forward(chain, scale)
    posterior = _posterior(chain, forward, scale)
    outlier_probability = np.zeros(len(series))
    for nodes, probabilities in zip(chain, posterior, strict=True):
        outlier_probability[nodes.at] = probabilities[nodes.outlier_from :].sum()
    missing = outlier_probability >= _OUTLIER_FROM
    if series.observed_count - missing.sum() < FEWEST_OBSERVED:
        missing[:] = False
    if missing.any():
        chain = [_without_figure(nodes) if missing[nodes.at] else nodes for nodes in chain]
        forward = _forward(chain, scale)
        posterior = _posterior(chain, forward, scale)
    counts = series.values.copy()
    for nodes, probabilities in zip(chain, posterior, strict=True):
        if nodes.logs.size > 1:
            counts[nodes.at] = np.expm1(probabilities @ nodes.logs)
    counts[missing] = np.nan
    smoothed = MonthlySeries(series.start, counts)
    last = smoothed.end - series.start
    first = max(last - recent, -1) + 1
    deviations, log_draws = np.zeros((draws, last - first + 1)), {}
    for nodes, drawn in _sampled(chain, forward, scale, draws, rng, since=first):
        if nodes.logs.size == 1:
            continue
        log_draws[nodes.at] = drawn
        if nodes.at <= last and not missing[nodes.at]:
            deviations[:, nodes.at - first] = drawn - np.log1p(counts[nodes.at])
    at = sorted(log_draws)
    return SmoothedSeries(
        series=smoothed,
        outlier_probability=outlier_probability,
        is_outlier=missing,
        deviations=deviations,
        drawn=np.array(at, dtype=np.intp),
        log_draws=np.array([log_draws[month] for month in at]).reshape(len(at), draws).T,
    )


def correct_measurements(series: MonthlySeries) -> MonthlySeries:
    """The figures as they are expected to become, each from itself and the months before it alone.

    A figure moves by the mean of its revision and of its wording. One that may be an outlier is
    compared with the certain figures before it, and counts as missing if it is one. So figures that
    come later change nothing, as in a pool that serves forecasts from many origins.
    """
    if series.measurement is None or series.is_exact:
        return series
    counts = series.values.copy()
    for at in np.flatnonzero(series.is_observed):
        error = series.measurement[at]
        if error is None or error.is_exact:
            continue
        moved = np.log1p(counts[at]) + error.location + error.beyond
        outlying = _may_be_outlier(error) and _is_outlier_after(series, int(at))
        counts[at] = np.nan if outlying else np.expm1(max(moved, 0.0))
    return MonthlySeries(series.start, counts)


def _is_outlier_after(series: MonthlySeries, at: int) -> bool:
    """Whether a figure is an outlier, judged by the certain ones before it."""
    assert series.measurement is not None, "the figure has measurement noise"
    errors = series.measurement[: at + 1]
    counts = [
        np.nan if before < at and _may_be_outlier(error) else series.values[before]
        for before, error in enumerate(errors)
    ]
    only = [None] * at + [errors[at]]
    known = MonthlySeries(series.start, counts, only)
    smoothed = smooth_measurements(known, 1, np.random.default_rng(0))
    return bool(smoothed.is_outlier[-1])


def _chain(series: MonthlySeries, scale: float, recent: int) -> list[SupportPoints]:
    """The observed months from the one before the first uncertain one on."""
    observed = np.flatnonzero(series.is_observed)
    errors = series.measurement or (None,) * len(series)
    uncertain = [
        (error := errors[at]) is not None
        and not error.is_exact
        and (at >= len(series) - recent or error.outlier_probability > 0)
        for at in observed
    ]
    first = max(uncertain.index(True) - 1, 0) if any(uncertain) else len(observed)
    solid = np.array([at for at in observed if not _may_be_outlier(errors[at])], dtype=np.intp)
    chain = []
    for at, is_uncertain in list(zip(observed, uncertain, strict=True))[first:]:
        error = errors[at]
        if is_uncertain and error is not None:
            chain.append(_uncertain_points(series, int(at), error, solid, scale))
        else:
            chain.append(SupportPoints(int(at), series.log_values[[at]], np.zeros(1), 1))
    return chain


def _uncertain_points(
    series: MonthlySeries, at: int, error: MeasurementNoise, solid: Indices, scale: float
) -> SupportPoints:
    """The points of the figure's error and, where it may be an outlier, those around its neighbors.

    A believed point weighs as much as its error is likely there; one of the grid as much as the
    rumor is, times the grid's step, so that both parts integrate what the neighbors say of the
    month.
    """
    stated = series.log_values[at]
    points, mass = error.nodes
    believed = np.maximum(stated + points, 0.0)
    if error.outlier_probability == 0:
        return SupportPoints(at, believed, np.log(mass), believed.size)
    logs = series.log_values
    level = np.interp(at, solid, logs[solid]) if solid.size else float(np.nanmedian(logs))
    distance = np.abs(solid - at).min() if solid.size else 1
    step = scale * np.sqrt(distance)
    rumor = 1 / (np.pi * _RUMOR_SCALE * (1 + ((stated - level) / _RUMOR_SCALE) ** 2))
    width = step * (_REACH[1] - _REACH[0])
    with np.errstate(divide="ignore"):
        weights = np.log((1 - error.outlier_probability) * mass)
    elsewhere = np.full(_REACH.size, np.log(error.outlier_probability * rumor * width))
    return SupportPoints(
        at,
        np.concatenate([believed, np.maximum(level + step * _REACH, 0.0)]),
        np.concatenate([weights, elsewhere]),
        believed.size,
    )


def _without_figure(nodes: SupportPoints) -> SupportPoints:
    """The points of a month whose figure is an outlier, so that only its neighbors tell of it."""
    rest = slice(nodes.outlier_from, None)
    return SupportPoints(nodes.at, nodes.logs[rest], nodes.weights[rest], 0)


def _may_be_outlier(error: MeasurementNoise | None) -> bool:
    return error is not None and error.outlier_probability > 0


def _monthly_change(series: MonthlySeries) -> float:
    """Scale of a month's change of log(1 + count) between figures that are not in question."""
    errors = series.measurement or (None,) * len(series)
    solid = [at for at in np.flatnonzero(series.is_observed) if not _may_be_outlier(errors[at])]
    changes = np.diff(series.log_values[solid]) / np.sqrt(np.diff(solid))
    return max(
        learn_revisions(changes[-_CHANGES:], _USUAL_CHANGE, _USUAL_COUNT).scale, _LEAST_CHANGE
    )


def _change_log_density(before: SupportPoints, after: SupportPoints, scale: float) -> Array:
    """(k before, k after) log density of the change between two observed months, any gap apart."""
    gap = np.sqrt(after.at - before.at)
    return t_log_density(after.logs - before.logs[:, np.newaxis], scale * gap)


def _forward(chain: list[SupportPoints], scale: float) -> list[Array]:
    """Log probability of each month's nodes given the figures up to it, (k,), unnormalized."""
    forward: list[Array] = []
    for nth, nodes in enumerate(chain):
        if nth == 0:
            forward.append(nodes.weights)
            continue
        joint = forward[-1][:, np.newaxis] + _change_log_density(chain[nth - 1], nodes, scale)
        forward.append(_normalized(nodes.weights + np.logaddexp.reduce(joint, axis=0)))
    return forward


def _posterior(chain: list[SupportPoints], forward: list[Array], scale: float) -> list[Array]:
    """Probability of each month's nodes given all figures, each (k,), summing to 1."""
    later = np.zeros(chain[-1].logs.size) if chain else np.zeros(0)
    posterior: list[Array] = []
    for nth in reversed(range(len(chain))):
        if nth < len(chain) - 1:
            following = chain[nth + 1]
            joint = _change_log_density(chain[nth], following, scale) + following.weights + later
            later = np.logaddexp.reduce(joint, axis=1)
        posterior.append(np.exp(_normalized(forward[nth] + later)))
    return posterior[::-1]


def _sampled(
    chain: list[SupportPoints],
    forward: list[Array],
    scale: float,
    draws: int,
    rng: np.random.Generator,
    *,
    since: int,
) -> list[tuple[SupportPoints, Array]]:
    """Joint draws (draws,) of every month from `since` on, newest first."""
    sampled: list[tuple[SupportPoints, Array]] = []
    chosen: Indices = np.zeros(draws, dtype=np.intp)
    for nth in reversed(range(len(chain))):
        nodes = chain[nth]
        if nodes.at < since:
            break
        evenly = (rng.permutation(draws) + 0.5) / draws
        last = nth == len(chain) - 1
        joint = forward[nth][:, np.newaxis] + (
            0.0 if last else _change_log_density(nodes, chain[nth + 1], scale)
        )
        cumulated = np.cumsum(np.exp(joint - joint.max(axis=0)), axis=0)
        cumulated /= cumulated[-1]
        chosen = np.minimum((cumulated[:, chosen] < evenly).sum(axis=0), nodes.logs.size - 1)
        sampled.append((nodes, nodes.logs[chosen]))
    return sampled


def _normalized(logs: Array) -> Array:
    return np.asarray(logs - np.logaddexp.reduce(logs), dtype=np.float64)
