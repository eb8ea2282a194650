"""The API calls that return what a page shows."""

from dataclasses import dataclass

from app.forecasts.span import Start
from app.web.query import Addresses
from app.web.view_model import Page


@dataclass(frozen=True, slots=True)
class ApiCalls:
    """The addresses of the calls that the page lists.

    `past` is the file of past forecasts, if there are any.
    """

    listed: list[str]
    past: str | None


def api_calls(page: Page, at: Addresses) -> ApiCalls:
    ahead = [at.call("/forecast", **{"from": Start.TODAY})] if page.forecast else []
    listed = [at.call("/history"), *ahead, at.call("/revisions"), *_evaluation(page, at)]
    return ApiCalls(listed, _past(page, at))


def _evaluation(page: Page, at: Addresses) -> list[str]:
    """What the track record is of: this series, or all together.

    On a past day, of what was published by then.
    """
    if page.track_record.record is None:
        return []
    day = page.as_of if page.headline.replayed else None
    return [at.address("/evaluation", {"series": page.track_record.record.series, "as_of": day})]


def _past(page: Page, at: Addresses) -> str | None:
    if not page.track_record.past:
        return None
    end = page.track_record.past[-1].period if page.headline.replayed else None
    asked = {"series": page.key, "ahead": at.asked.ahead, "end": end, "format": "csv"}
    return at.address("/evaluation/forecasts", asked)
