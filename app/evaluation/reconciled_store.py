"""SQL on the scores of reconciled forecasts beside those of the same ones of single series."""

from dataclasses import dataclass

from sqlalchemy import Integer, and_, cast, func, select
from sqlalchemy.orm import Session

from app.evaluation.store import ScoreFilter, score_conditions
from app.evaluation.tables import ReconciledScoreRow, ScoreRow


@dataclass(frozen=True, slots=True)
class ReconciledTotals:
    """Sums over the scores of one series' live forecasts that were reconciled; `..._alone` are
    those of the same forecasts of the series by itself."""

    count: int
    wis: float
    wis_alone: float
    log_wis: float
    log_wis_alone: float
    covered_80: int
    covered_80_alone: int


def reconciled_totals(session: Session, wanted: ScoreFilter) -> list[ReconciledTotals]:
    """The sums of the wanted scores that there are both of, one entry per series."""
    made, alone = ReconciledScoreRow, ScoreRow
    same = and_(alone.forecast_id == made.forecast_id, alone.horizon == made.horizon)
    rows = session.execute(
        select(
            func.count(),
            func.sum(made.wis),
            func.sum(alone.wis),
            func.sum(made.log_wis),
            func.sum(alone.log_wis),
            func.sum(cast(made.covered_80, Integer)),
            func.sum(cast(alone.covered_80, Integer)),
        )
        .join(alone, same)
        .where(*score_conditions(wanted, made))
        .group_by(made.series_id)
        .order_by(made.series_id)
    )
    return [ReconciledTotals(*row) for row in rows]
