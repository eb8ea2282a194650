"""The API calls that return what a page shows."""

from dataclasses import dataclass

from app.forecasts.span import Start
from app.web.query import Addresses, Part
from app.web.sections.track_record import TrackRecordSection
from app.web.view_model import Page


@dataclass(frozen=True, slots=True)
class ApiCalls:
    """The addresses of the calls that the page lists.

    `past` is the file of past forecasts, if there are any.
    """

    listed: list[str]
    past: str | None


def api_calls(page: Page, at: Addresses) -> ApiCalls:
    """The calls of the part that is shown."""
    ahead = [at.call("/forecast", **{"from": Start.TODAY})] if page.forecast else []
    match at.asked.shown:
        case Part.OUTLOOK:
            return ApiCalls([at.call("/history"), *ahead], None)
        case Part.WHAT_IF:
            return ApiCalls(ahead, None)
        case Part.DATA:
            listed = [at.call("/history"), at.call("/revisions"), at.call("/vintages")]
            return ApiCalls(listed, None)
        case Part.TRACK_RECORD:
            if (section := page.track_record) is None:
                return ApiCalls([], None)
            return ApiCalls(_evaluation(page, section, at), _past(page, section, at))


def _evaluation(page: Page, section: TrackRecordSection, at: Addresses) -> list[str]:
    """What the track record is of: this series, or all together.

    On a past day, of what was published by then.
    """
    if section.record is None:
        return []
    day = page.as_of if page.headline.replayed else None
    return [at.address("/evaluation", {"series": section.record.series, "as_of": day})]


def _past(page: Page, section: TrackRecordSection, at: Addresses) -> str | None:
    if not section.past:
        return None
    end = section.past[-1].period if page.headline.replayed else None
    asked = {"series": page.key, "ahead": at.asked.ahead, "end": end, "format": "csv"}
    return at.address("/evaluation/forecasts", asked)
