"""A page in one or two sentences, and its titles."""

from app.languages import Words
from app.web.figure_text import status
from app.web.overview.view_model import Overview
from app.web.sections.headline import headline_interval
from app.web.view_model import Page


def summary_sentence(page: Page, words: Words) -> str:
    """The page in one or two sentences that a newspaper could print."""
    name = words.name("series", page.key, page.title)
    if page.headline.newest is None or page.headline.newest.value is None:
        return f"{name}: {words('value.none')}"
    text = _outlook_sentence(page, name, words)
    text += words(
        "sentence.latest_after" if text else "sentence.latest",
        series=name,
        value=words(
            f"value.{page.headline.newest.qualifier.value}",
            value=words.number(page.headline.newest.value),
        ),
        month=words.month(page.headline.newest.period),
        status=status(page.headline.newest, words),
    )
    if changes := list(
        filter(
            None,
            (
                change.in_sentence(words, now=page.headline.newest.period)
                for change in page.headline.changes
            ),
        )
    ):
        text += words("sentence.changes", changes=words.join(changes))
    text += words("sentence.end")
    if page.headline.is_old:
        text += words("sentence.age", age=words.plural("headline.months_ago", page.headline.age))
    return text


def overview_sentence(view: Overview, words: Words) -> str:
    """The first border's headline in a sentence."""
    for one in view.headlines:
        if one.now:
            return words(
                "sentence.outlook",
                series=one.name,
                month=words.month(one.now.period),
                median=words.rounded(one.now.median),
                lower=words.rounded(one.now.lower),
                upper=words.rounded(one.now.upper),
            ).strip()
    return words("site.tagline")


def title(page: Page, words: Words) -> str:
    """The title of the page: the month under way, or the newest figure without a forecast."""
    if page.headline.newest is None or page.headline.newest.value is None:
        return page.name
    if page.headline.ahead:
        first = page.headline.ahead[0]
        text = words(
            "page.title_forecast",
            series=page.name,
            median=words.rounded(first.median),
            month=words.month(first.period),
        )
    else:
        value = words.number(page.headline.newest.value)
        text = words(
            "page.title",
            series=page.name,
            value=words(f"value.{page.headline.newest.qualifier.value}", value=value),
            month=words.month(page.headline.newest.period),
        )
    return f"{text} {_age_note(page, words)}".rstrip()


def preview_title(page: Page, words: Words) -> str:
    """The title in previews: the series, with the age of its figures if they are old."""
    return f"{page.name} {_age_note(page, words)}".rstrip()


def _age_note(page: Page, words: Words) -> str:
    if not page.headline.is_old or page.headline.newest is None:
        return ""
    return words("page.age", month=words.month(page.headline.newest.period))


def _outlook_sentence(page: Page, name: str, words: Words) -> str:
    """What is expected in the first month that is not over."""
    if not page.headline.ahead:
        return ""
    first = page.headline.ahead[0]
    interval = headline_interval(first)
    return words(
        "sentence.outlook",
        series=name,
        month=words.month(first.period),
        median=words.rounded(first.median),
        lower=words.rounded(interval.lower),
        upper=words.rounded(interval.upper),
    )
