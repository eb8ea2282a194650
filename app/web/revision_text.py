"""Sentences on revisions of the latest figures."""

from statistics import median

from app.charts.specifications import MonthVersions
from app.languages import Words
from app.observations.revisions import Age, FigureRevision

MONTHS = 24


def summarize_latest(months: list[MonthVersions], words: Words) -> str:
    """A sentence on revisions of the latest figures."""
    moved = [month for month in months if month.moved and month.percent is not None]
    if not moved:
        return words.plural("revisions.none", len(months))
    largest = max(moved, key=lambda month: abs(month.percent or 0))
    return words.plural(
        "revisions.some",
        len(moved),
        months=len(months),
        median=words.percent(median(abs(month.percent or 0) for month in moved), digits=2),
        largest_month=words.month(largest.month),
        largest=words.percent(largest.percent or 0, digits=2, signed=True),
    )


def summarize_until_final(found: list[FigureRevision], source: str, words: Words) -> str | None:
    """A sentence on how far a source's figures changed until they were final."""
    moved = [abs(one.percent) for one in found if one.age is Age.CLOSE_OUT and one.source == source]
    if not moved:
        return None
    return words(
        "revisions.close_out",
        source=words.name("source", source, source),
        median=words.percent(median(moved), digits=2),
        largest=words.percent(max(moved), digits=2),
        count=len(moved),
    )
