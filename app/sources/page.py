"""A publisher's page: the files that it links, the day that it gives itself, and the choice of the
newest file."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from app.sources.failures import PageChanged
from app.sources.month_names import month_number
from app.sources.publisher import Edition, FileLink, FileNames
from forecasting import Month

_DATED_ELEMENTS = (
    ("meta[name='govuk:public-updated-at']", "content"),
    ("meta[property='article:modified_time']", "content"),
    ("meta[name='dcterms.modified']", "content"),
    ("meta[property='og:updated_time']", "content"),
)
_DATED_TEXT = re.compile(
    r"\b(?:last (?:modified|updated|reviewed)|updated|modified)\b\W{0,3}"
    r"(?:(?P<month>[A-Za-z]{3,9})\.? (?P<day>\d{1,2})"
    r"|(?P<day_first>\d{1,2}) (?P<month_second>[A-Za-z]{3,9})"
    r"|(?P<first_number>\d{1,2})/(?P<second_number>\d{1,2})(?=/)),?[ /]"
    r"(?P<year>20\d\d)\b",
    re.IGNORECASE,
)
_FILES = re.compile(r"\.(csv|xlsx?|ods|zip|pdf)$", re.IGNORECASE)
_SHOWN = 4  # links that a message about a changed page lists


class Link(NamedTuple):
    """A link of a page: its absolute address and its text."""

    address: str
    text: str

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.address).path)


@dataclass(frozen=True, slots=True)
class Page:
    """What a publisher's page shows; `day` is when it says that it was changed last."""

    address: str
    title: str
    links: list[Link]
    day: date | None


def read_page(content: bytes, address: str, *, month_first: bool = False) -> Page:
    """Read the HTML of the page at an address, in whatever state it is.

    `month_first` says that the page writes its days as `02/20/2025`.
    """
    soup = BeautifulSoup(content, "html.parser")
    base = soup.find("base", href=True)
    root = urljoin(address, str(base["href"])) if isinstance(base, Tag) else address
    links = [
        Link(urldefrag(urljoin(root, str(anchor["href"]).strip())).url, _text(anchor))
        for anchor in soup.find_all("a", href=True)
    ]
    title = soup.find("title")
    day = _day(soup, month_first=month_first)
    return Page(address, _text(title) if isinstance(title, Tag) else "", links, day)


def choose_newest(page: Page, files: FileNames, *, today: date) -> FileLink:
    """The newest of the publisher's files that a page links.

    Which one that is follows from the names alone, whatever the order of the links.

    Raises
    ------
    PageChanged
        If no link has a name of the expected form, or one that only resembles it stands above the
        newest: the publisher may have begun to name its files in another way.
    """
    resembling = [link for link in page.links if files.resembling.search(link.path)]
    known = [(edition, link) for link in resembling if (edition := _edition(link, files, today))]
    if not known:
        raise PageChanged(_nothing_found(page, files, resembling))
    edition, newest = max(known, key=lambda each: each[0].age)
    first = next(link for link in resembling if link.address == newest.address)
    above = [
        link for link in resembling[: resembling.index(first)] if not _edition(link, files, today)
    ]
    if above:
        raise PageChanged(
            f"The page {page.address} may have changed: looked for {files.described}, and found "
            f"{_name(above[0])} above the newest of those, {_name(newest)}."
        )
    return FileLink(newest.address, newest.text, edition)


def _edition(link: Link, files: FileNames, today: date) -> Edition | None:
    """The edition of a link, unless its name is none or is of a time that is not over."""
    edition = files.edition(link.path)
    if edition is None or edition.label > today.isoformat():
        return None
    if edition.month is not None and edition.month >= Month.containing(today):
        return None
    return edition


def _nothing_found(page: Page, files: FileNames, resembling: list[Link]) -> str:
    others = resembling or [link for link in page.links if _FILES.search(link.path)]
    listed = ", ".join(_name(link) for link in others[:_SHOWN])
    found = f"{len(page.links)} links on a page titled {page.title!r}"
    named = (
        f", of files {len(others)}: {listed}{', ...' if len(others) > _SHOWN else ''}"
        if others
        else ""
    )
    return (
        f"The page {page.address} has changed: looked for {files.described}, and found none of "
        f"them among {found}{named}."
    )


def _name(link: Link) -> str:
    return link.path.rpartition("/")[2]


def _text(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


def _day(soup: BeautifulSoup, *, month_first: bool) -> date | None:
    """The day on which the page says that it was changed last."""
    for selector, attribute in _DATED_ELEMENTS:
        element = soup.select_one(selector)
        if element is not None and (day := _iso_day(str(element.get(attribute, "")))):
            return day
    text = " ".join(soup.get_text(" ").split())
    days = (_written_day(found, month_first=month_first) for found in _DATED_TEXT.finditer(text))
    return max(filter(None, days), default=None)


def _iso_day(text: str) -> date | None:
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (instant.astimezone(UTC) if instant.tzinfo else instant).date()


def _written_day(found: re.Match[str], *, month_first: bool) -> date | None:
    """A day in words; one in numbers, `02/20/2025`, only where the month is known to come first."""
    if found["first_number"] and not month_first:
        return None
    word = found["month"] or found["month_second"]
    month = month_number(word) if word else int(found["first_number"])
    day = found["day"] or found["day_first"] or found["second_number"]
    if month is None:
        return None
    try:
        return date(int(found["year"]), month, int(day))
    except ValueError:
        return None
