"""Every table of the store, gathered so that migrations, backups and tests see all of them."""

from app.evaluation.tables import (
    LoadedHindcastRow,
    OutcomeRow,
    ReconciledScoreRow,
    ScoreRow,
    SupersededScoreRow,
    SurpriseRow,
)
from app.forecasts.tables import ComputationLeaseRow, ForecastRow, PoolRow
from app.keys.tables import KeyRow
from app.observations.tables import ObservationRow, ReleaseRow, SeriesLogRow, SeriesRow
from app.reconciliation.tables import ReconciledRow, ReconciliationRow
from app.sources.tables import SourceRow
from app.storage.database import Base
from app.storage.tables import StoreStateRow

__all__ = [
    "Base",
    "ComputationLeaseRow",
    "ForecastRow",
    "KeyRow",
    "LoadedHindcastRow",
    "ObservationRow",
    "OutcomeRow",
    "PoolRow",
    "ReconciledRow",
    "ReconciledScoreRow",
    "ReconciliationRow",
    "ReleaseRow",
    "ScoreRow",
    "SeriesLogRow",
    "SeriesRow",
    "SourceRow",
    "StoreStateRow",
    "SupersededScoreRow",
    "SurpriseRow",
]
