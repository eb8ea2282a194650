"""Every table of the store, gathered so that migrations, backups and tests see all of them."""

from app.database import Base
from app.forecasts.tables import ComputationRow, ForecastRow
from app.observations.tables import ObservationRow, ReleaseRow, SeriesRow

__all__ = ["Base", "ComputationRow", "ForecastRow", "ObservationRow", "ReleaseRow", "SeriesRow"]
