"""A feed as an Atom document (RFC 4287)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from importlib.metadata import version
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from app.alerts.event import Event, make_urn

MEDIA_TYPE = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"
AUTHOR = "Bordercast"
BEFORE_EVERYTHING = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries was updated: an instant is required, and none is known."""

register_namespace("", NAMESPACE)  # as the default one, which all readers understand


@dataclass(frozen=True, slots=True)
class FeedSubject:
    """What a feed is of: one series, with its title, or all of them; and its service's address."""

    base: str
    series: str | None = None
    title: str | None = None

    @property
    def address(self) -> str:
        """Where the feed itself is."""
        return self._address("/feed.atom", self.series)

    def page(self, series: str | None) -> str:
        """The page of a series."""
        return self._address("/", series)

    def _address(self, path: str, series: str | None) -> str:
        asked = "" if series is None else f"?{urlencode({'series': series})}"
        return f"{self.base.rstrip('/')}{path}{asked}"


def write_feed(feed: FeedSubject, events: Sequence[Event]) -> bytes:
    """The document: one entry for each event, in the order given, the newest first."""
    root = Element(_tag("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": "en"})
    _add_text(root, "id", make_urn("feed", feed.series or ""))
    _add_text(root, "title", f"Bordercast: {feed.title or 'all series'}")
    _add_text(root, "subtitle", "New figures, forecasts that moved, and surprises")
    _add_text(root, "updated", _instant(events[0].at if events else BEFORE_EVERYTHING))
    _add_text(SubElement(root, _tag("author")), "name", AUTHOR)
    SubElement(root, _tag("generator"), {"version": version("bordercast")}).text = AUTHOR
    _add_link(root, "self", feed.address, MEDIA_TYPE)
    _add_link(root, "alternate", feed.page(feed.series), "text/html")
    for event in events:
        _add_entry(root, feed, event)
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _add_entry(root: Element, feed: FeedSubject, event: Event) -> None:
    entry = SubElement(root, _tag("entry"))
    _add_text(entry, "id", event.id)
    _add_text(entry, "title", event.title)
    _add_text(entry, "updated", _instant(event.at))
    if event.published_on is not None:
        day = datetime.combine(event.published_on, time(tzinfo=UTC))
        _add_text(entry, "published", _instant(day))
    SubElement(entry, _tag("category"), {"term": event.kind})
    if event.series is not None:
        scheme = feed.page(None) + "series"
        term = _without_control_characters(event.series)
        SubElement(entry, _tag("category"), {"term": term, "scheme": scheme})
    _add_link(entry, "alternate", feed.page(event.series or feed.series), "text/html")
    if event.url is not None:
        _add_link(entry, "via", event.url)
    _add_text(entry, "summary", event.summary)


def _add_text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, _tag(name)).text = _without_control_characters(text)


def _add_link(parent: Element, relation: str, address: str, kind: str | None = None) -> None:
    link = SubElement(
        parent, _tag("link"), {"rel": relation, "href": _without_control_characters(address)}
    )
    if kind is not None:
        link.set("type", kind)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _instant(at: datetime) -> str:
    """An instant as RFC 3339 has it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _without_control_characters(text: str) -> str:
    """Text without the characters that XML 1.0 has no way to write."""
    return "".join(
        character
        for character in text
        if character in "\t\n\r"
        or " " <= character <= "\ud7ff"
        or "\ue000" <= character <= "\ufffd"
        or character >= "\U00010000"
    )
