"""Everything that the overview shows, a piece for each of its sections."""

from dataclasses import dataclass
from datetime import date

from app.forecasts.specification import Specification
from app.languages import Words
from app.sources.status import SourceStatus, source_statuses
from app.storage.database import Session
from app.web.overview.headlines import BorderHeadline, build_headlines
from app.web.overview.query import OverviewQuery
from app.web.overview.rows import MONTHS_AHEAD, find_facts
from app.web.overview.table import SeriesTable, build_table
from app.web.overview.tile_map import TileMap, build_tile_map
from forecasting import Month


@dataclass(frozen=True, slots=True)
class Overview:
    """All series at a glance, as known today.

    ahead: the month that the forecasts in the table are of
    """

    today: date
    ahead: Month
    headlines: list[BorderHeadline]
    table: SeriesTable
    tiles: TileMap | None
    publishers: list[SourceStatus]


def build_overview(
    session: Session, query: OverviewQuery, words: Words, *, today: date, model: Specification
) -> Overview:
    """The overview that is asked for."""
    facts = find_facts(session, model, today=today)
    return Overview(
        today=today,
        ahead=Month.containing(today) + MONTHS_AHEAD,
        headlines=build_headlines(session, facts, words, model, today=today),
        table=build_table(session, facts, query, words, today=today),
        tiles=build_tile_map(session, facts, query, words, model, today=today),
        publishers=source_statuses(session),
    )
