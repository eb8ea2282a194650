"""The scores of one archived forecast against what came."""

import numpy as np

from app.errors import Problem
from app.evaluation.store import Score
from app.forecasts import store as forecasts
from app.forecasts.encoding import decode_marginals, decode_paths
from app.forecasts.inputs import load_inputs
from app.forecasts.tables import ForecastRow
from app.observations.tables import SeriesRow
from app.reconciliation.store import newest_reconciled, reconciled_paths
from app.storage.database import Session
from forecasting import Month, MonthlySeries, forecast
from forecasting.arrays import Array
from forecasting.backtest.report import BASELINE
from forecasting.backtest.rolling_origin import up_to
from forecasting.distribution import Distribution
from forecasting.scores import (
    HUB_LEVELS,
    crps_from_samples,
    probability_integral_transform,
    seasonal_scale,
    weighted_interval_score,
)

LIVE = "live"
RECONCILED = "live reconciled"


def score_forecast(
    session: Session,
    series: SeriesRow,
    row: ForecastRow,
    outcomes: dict[Month, int],
    counted: MonthlySeries,
) -> list[Score]:
    """The scores of an archived forecast of a series by itself, in the months with an outcome.

    None if all figures that it was made from were retracted: the baseline has nothing to start
    from.
    """
    known = _as_known(session, series.key, row, counted)
    if known is None:
        return []
    stored = forecasts.paths(session, row.id)
    return _scores(series, row, outcomes, known, row.quantiles, stored, LIVE)


def score_reconciled(
    session: Session,
    series: SeriesRow,
    row: ForecastRow,
    outcomes: dict[Month, int],
    counted: MonthlySeries,
) -> list[Score]:
    """The scores of the same forecast as readers saw it last, if it was reconciled."""
    known, made = _as_known(session, series.key, row, counted), newest_reconciled(session, row.id)
    if known is None or made is None:
        return []
    stored = reconciled_paths(session, made.reconciliation_id, made.key)
    return _scores(series, row, outcomes, known, made.quantiles, stored, RECONCILED)


def _scores(
    series: SeriesRow,
    row: ForecastRow,
    outcomes: dict[Month, int],
    known: MonthlySeries,
    quantiles: bytes,
    stored_paths: bytes,
    vintage: str,
) -> list[Score]:
    paths = decode_paths(stored_paths).astype(np.float64)
    months = [month for month in sorted(outcomes) if month - row.origin <= paths.shape[1]]
    steps = [month - row.origin - 1 for month in months]
    observed = np.array([outcomes[month] for month in months], dtype=np.float64)
    marginals = decode_marginals(quantiles)
    baseline = forecast(known, max(steps) + 1, BASELINE, draws=paths.shape[0])
    wis, log_wis, crps = _measured(marginals, paths, steps, observed)
    baseline_wis, baseline_log_wis, baseline_crps = _measured(
        baseline, baseline.paths, steps, observed
    )
    pit = probability_integral_transform(paths[:, steps], observed)
    median = marginals.median[steps]
    scaled = np.abs(observed - median) / seasonal_scale(known.values)
    ends = {level: np.stack(marginals.interval(level / 100))[:, steps] for level in (50, 80, 95)}
    inside = {
        level: (lower <= observed) & (observed <= upper) for level, (lower, upper) in ends.items()
    }
    return [
        Score(
            series_id=series.id,
            model=row.model,
            forecast_id=row.id,
            vintage=vintage,
            origin=row.origin,
            horizon=steps[at] + 1,
            target=month,
            observed=float(observed[at]),
            wis=float(wis[at]),
            log_wis=float(log_wis[at]),
            crps=float(crps[at]),
            pit=float(pit[at]),
            scaled_error=float(scaled[at]) if np.isfinite(scaled[at]) else None,
            baseline_wis=float(baseline_wis[at]),
            baseline_log_wis=float(baseline_log_wis[at]),
            baseline_crps=float(baseline_crps[at]),
            covered_50=bool(inside[50][at]),
            covered_80=bool(inside[80][at]),
            covered_95=bool(inside[95][at]),
            median=float(median[at]),
            lower_80=float(ends[80][0, at]),
            upper_80=float(ends[80][1, at]),
        )
        for at, month in enumerate(months)
    ]


def _measured(
    distribution: Distribution, paths: Array, steps: list[int], observed: Array
) -> tuple[Array, Array, Array]:
    """WIS, log-WIS, and CRPS, (k,) each, of the months `steps` (k,) after the first one."""
    quantiles = distribution.quantiles(HUB_LEVELS)[steps].astype(np.float64)
    return (
        weighted_interval_score(quantiles, HUB_LEVELS, observed),
        weighted_interval_score(np.log1p(quantiles), HUB_LEVELS, np.log1p(observed)),
        crps_from_samples(paths[:, steps], observed),
    )


def _as_known(
    session: Session, key: str, row: ForecastRow, counted: MonthlySeries
) -> MonthlySeries | None:
    """The figures that the forecast was made from, taken as exact; None if none is left."""
    day = row.issued_at.date()
    try:
        known = up_to(load_inputs(session, key, today=day, as_of=day).series, row.origin)
    except Problem:  # its release was retracted since, or is said to have come later
        known = None
    known = known or up_to(counted, row.origin)
    return None if known is None else MonthlySeries(known.start, known.values)
