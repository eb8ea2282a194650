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

from app.background_tasks import FIRST_LOOK_SECONDS, run_in_background
from app.clock import Clock
from app.evaluation import store
from app.evaluation.changed_series import ScoringState, find_changed_series
from app.evaluation.forecast_scores import LIVE, RECONCILED, score_forecast, score_reconciled
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
from app.forecasts.tables import ForecastRow
from app.observations import queries
from app.observations.store import all_series
from app.observations.tables import SeriesRow
from app.storage.database import Database, IntegrityError, Session, SQLAlchemyError
from forecasting import Month, MonthlySeries
from forecasting.series import LONGEST_HORIZON

LOOK_SECONDS = 10.0

log = logging.getLogger(__name__)


class Scorer:
    """Keeps the scores of a store's live forecasts current, and the surprises among them, in the
    background and on request."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._done: ScoringState | None = None
        self._refused: set[int] = set()  # series some of whose scores the store did not take

    def catch_up(self) -> int:
        """Score what has come out since; returns how many forecasts were scored.

        The first time it goes through every series, then through those whose figures changed. A
        read-only store stays as it is.
        """
        if self._database.read_only:
            return 0
        with self._lock:
            with self._database.reading() as session:
                now = ScoringState.read(session, today=self._clock().date())
                if now == self._done:
                    return 0
                series_ids = self._to_visit(session, now)
                visited = _select(session, series_ids)
                due = {series.id: self._due(session, series) for series in visited}
                models = forecasts.live_models(session)
            refused: set[int] = set()
            rescored = 0
            for series_id, scores in due.items():
                for forecast_id, of_forecast in scores.items():
                    if self._keep(forecast_id, of_forecast):
                        rescored += 1
                    else:
                        refused.add(series_id)
            if visited:
                self._keep_surprises(models)
                self._keep_past_days(series_ids)
            self._refused = refused
            self._done = now
            return rescored

    def _to_visit(self, session: Session, now: ScoringState) -> set[int] | None:
        """The ids of the series to go through; None for all of them."""
        if self._done is None:
            return None
        changed = find_changed_series(session, self._done, now)
        return None if changed is None else changed | self._refused

    def _keep_past_days(self, series_ids: set[int] | None) -> None:
        """Keep what the records of past days need: scores against figures that have been restated,
        and when each figure was current."""
        with self._database.reading() as session:
            due = {
                forecast_id: scores
                for series in _select(session, series_ids)
                for forecast_id, scores in self._due_superseded(session, series).items()
            }
        for forecast_id, scores in due.items():
            self._database.write(partial(_replace_superseded, forecast_id, scores))
        with self._database.reading() as session:
            outcomes = changed_outcomes(session, series_ids)
        if outcomes:
            self._database.write(partial(keep_outcomes, found=outcomes))

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
            counted = series_of_counts(outcomes)
            scores = _try_scores(session, series, row, [reached], counted, reconciled=True)
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


def _select(session: Session, series_ids: set[int] | None) -> list[SeriesRow]:
    """The series of some ids; of all for None."""
    known = all_series(session)
    return [series for series in known if series_ids is None or series.id in series_ids]


def _replace_superseded(forecast_id: int, scores: list[Score], session: Session) -> None:
    store.forget_superseded(session, forecast_id)
    store.add_scores(session, scores, superseded=True)


def _replace(forecast_id: int, scores: list[Score], session: Session) -> None:
    store.forget_forecast(session, forecast_id)
    store.add_scores(session, (score for score in scores if score.vintage == LIVE))
    store.add_reconciled_scores(session, (score for score in scores if score.vintage == RECONCILED))


def _try_scores(
    session: Session,
    series: SeriesRow,
    row: ForecastRow,
    layers: Sequence[dict[Month, int]],
    counted: MonthlySeries,
    *,
    reconciled: bool = False,
) -> list[Score] | None:
    """The scores of an archived forecast against each layer of outcomes: of the series by itself
    and, if that is asked for and it was, reconciled.

    None if it cannot be scored, which is logged and stops no other forecast.
    """
    kinds = (score_forecast, score_reconciled) if reconciled else (score_forecast,)
    try:
        return [
            score
            for layer in layers
            for score_as in kinds
            for score in score_as(session, series, row, layer, counted)
        ]
    except SQLAlchemyError:
        raise  # the store failed, and not this forecast alone
    except Exception:
        log.exception("Cannot score forecast %d of %s", row.id, series.key)
        return None
