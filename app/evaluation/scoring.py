"""Scoring live forecasts: each is held against every figure that has come out since.

What is to be scored follows from the archive and the figures alone, so nothing can be lost; a
figure that is restated is scored again.
"""

import asyncio
import logging
import threading
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial

import numpy as np

from app.background_tasks import FIRST_LOOK_SECONDS, run_in_background
from app.clock import Clock
from app.errors import Problem
from app.evaluation import store
from app.evaluation.outcomes import (
    changed_outcomes,
    keep_outcomes,
    outcomes_over_time,
    superseded_layers,
)
from app.evaluation.store import Score
from app.evaluation.store_vintages import outcome_counts, series_of_counts
from app.evaluation.surprises import find_new_surprises, keep_surprises
from app.forecasts import store as forecasts
from app.forecasts.encoding import decode_marginals, decode_paths
from app.forecasts.inputs import load_inputs
from app.forecasts.tables import ForecastRow
from app.observations import queries
from app.observations.store import all_series, release_stamp
from app.observations.tables import SeriesRow
from app.storage.database import Database, IntegrityError, Session, SQLAlchemyError
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
from forecasting.series import LONGEST_HORIZON

LIVE = "live"
LOOK_SECONDS = 10.0

log = logging.getLogger(__name__)


class Scorer:
    """Keeps the scores of a store's live forecasts current, and the surprises among them, in the
    background and on request."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._done: tuple[object, ...] | None = None
        self._outcomes_of: object = None

    def catch_up(self) -> int:
        """Score what has come out since; returns how many forecasts were scored.

        A read-only store stays as it is.
        """
        if self._database.read_only:
            return 0
        with self._lock:
            with self._database.reading() as session:
                state = (release_stamp(session), forecasts.newest_live_forecast_id(session))
                if state == self._done:
                    return 0
                everything = all_series(session)
                due = {series: self._due(session, series) for series in everything}
                models = forecasts.live_models(session)
            rescored = 0
            for scores in due.values():
                for forecast_id, of_forecast in scores.items():
                    rescored += self._keep(forecast_id, of_forecast)
            self._keep_surprises(models)
            self._keep_past_days(state[0], rescored)
            self._done = state
            return rescored

    def _keep_past_days(self, releases: object, rescored: int) -> None:
        """Keep what the records of past days need: scores against figures that have been restated,
        and when each figure was current."""
        if releases == self._outcomes_of and not rescored:
            return
        with self._database.reading() as session:
            due = {
                forecast_id: scores
                for series in all_series(session)
                for forecast_id, scores in self._due_superseded(session, series).items()
            }
        for forecast_id, scores in due.items():
            self._database.write(partial(_replace_superseded, forecast_id, scores))
        with self._database.reading() as session:
            outcomes = changed_outcomes(session)
        if outcomes:
            self._database.write(partial(keep_outcomes, found=outcomes))
        self._outcomes_of = releases

    def _keep_surprises(self, models: list[str]) -> None:
        for model in models:
            with self._database.reading() as session:
                is_any = bool(find_new_surprises(session, model))
            if is_any:
                self._database.write(partial(keep_surprises, model=model))

    def running(self) -> AbstractAsyncContextManager[None]:
        """Look every few seconds whether there is something to score."""
        return run_in_background(self._keep_up())

    async def _keep_up(self) -> None:
        await asyncio.sleep(FIRST_LOOK_SECONDS)
        while True:
            try:
                await asyncio.to_thread(self.catch_up)
            except Exception:
                log.exception("Scoring failed and will be retried")
            await asyncio.sleep(LOOK_SECONDS)

    def _due(self, session: Session, series: SeriesRow) -> dict[int, list[Score]]:
        """Scores to be made or replaced, by forecast."""
        today = self._clock().date()
        figures = queries.get_history(session, series.key, today=today).observations
        outcomes = outcome_counts(figures)
        if not outcomes:
            return {}
        scored = store.scored_outcomes(session, series.id)
        due = {}
        for row in forecasts.live_forecasts_with_origin_before(
            session, series.id, before=max(outcomes)
        ):
            reached = {month: count for month, count in outcomes.items() if month > row.origin}
            if scored.get(row.id) == reached:
                continue
            scores = _try_scores(session, series, row, [reached], series_of_counts(outcomes))
            if scores or (scores is not None and row.id in scored):
                due[row.id] = scores
        return due

    def _keep(self, forecast_id: int, scores: list[Score]) -> bool:
        """Replace the scores of a forecast; returns whether the store takes them."""
        try:
            self._database.write(partial(_replace, forecast_id, scores))
        except IntegrityError:
            log.exception("Cannot keep the scores of forecast %d", forecast_id)
            return False
        return True

    def _due_superseded(self, session: Session, series: SeriesRow) -> dict[int, list[Score]]:
        """Scores against figures that have been restated, to be made or replaced, by forecast."""
        today = self._clock().date()
        current = outcome_counts(queries.get_history(session, series.key, today=today).observations)
        if not current:
            return {}
        rows = forecasts.live_forecasts_with_origin_before(session, series.id, before=max(current))
        values = outcomes_over_time(session, series.id, as_of=today) if rows else {}
        scored = store.scored_superseded_outcomes(session, series.id)
        counted = series_of_counts(current)
        due = {}
        for row in rows:
            ahead = range(1, LONGEST_HORIZON + 1)
            reached = {month: one for month, one in values.items() if month - row.origin in ahead}
            layers = list(superseded_layers(reached, current))
            wanted = {(month, float(count)) for layer in layers for month, count in layer.items()}
            if scored.get(row.id, set()) == wanted:
                continue
            scores = _try_scores(session, series, row, layers, counted)
            if scores or (scores is not None and row.id in scored):
                due[row.id] = scores
        return due


def _replace_superseded(forecast_id: int, scores: list[Score], session: Session) -> None:
    store.forget_superseded(session, forecast_id)
    store.add_scores(session, scores, superseded=True)


def _replace(forecast_id: int, scores: list[Score], session: Session) -> None:
    store.forget_forecast(session, forecast_id)
    store.add_scores(session, scores)


def _try_scores(
    session: Session,
    series: SeriesRow,
    row: ForecastRow,
    layers: Sequence[dict[Month, int]],
    counted: MonthlySeries,
) -> list[Score] | None:
    """The scores of an archived forecast against each layer of outcomes.

    None if it cannot be scored, which is logged and stops no other forecast.
    """
    try:
        return [
            score for layer in layers for score in _scores(session, series, row, layer, counted)
        ]
    except SQLAlchemyError:
        raise  # the store failed, and not this forecast alone
    except Exception:
        log.exception("Cannot score forecast %d of %s", row.id, series.key)
        return None


def _scores(
    session: Session,
    series: SeriesRow,
    row: ForecastRow,
    outcomes: dict[Month, int],
    counted: MonthlySeries,
) -> list[Score]:
    """The scores of one archived forecast in the months that have an outcome.

    None if all figures that it was made from were retracted: the baseline has nothing to start
    from.
    """
    known = _as_known(session, series.key, row, counted)
    if known is None:
        return []
    paths = decode_paths(forecasts.paths(session, row.id)).astype(np.float64)
    months = [month for month in sorted(outcomes) if month - row.origin <= paths.shape[1]]
    steps = [month - row.origin - 1 for month in months]
    observed = np.array([outcomes[month] for month in months], dtype=np.float64)
    marginals = decode_marginals(row.quantiles)
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
            vintage=LIVE,
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
