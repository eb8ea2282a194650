"""The document of a feed: ordered, with unique ids, and readable whatever the texts hold."""

from datetime import UTC, datetime
from xml.etree.ElementTree import fromstring

from hypothesis import given
from hypothesis import strategies as st

from app.alerts.atom import FeedSubject, write_feed
from app.alerts.event import Event, EventKind, make_urn, newest_first
from tests.app.alerts.validator import require_grammar

ATOM = "{http://www.w3.org/2005/Atom}"
FEED = FeedSubject("https://forecasts.example/", "a.border", "A border")
EVENTS = st.builds(
    Event,
    kind=st.sampled_from(EventKind),
    id=st.integers(0, 10**9).map(make_urn),
    at=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    title=st.text(min_size=1),
    summary=st.text(),
    series=st.none() | st.text(min_size=1),
    rank=st.integers(0, 3),
)
LISTS = st.lists(EVENTS, max_size=20, unique_by=lambda event: event.id)


@given(LISTS)
def test_the_order_is_newest_first_however_events_come(events: list[Event]) -> None:
    ordered = newest_first(events)
    assert newest_first(events[::-1]) == ordered
    assert [event.at for event in ordered] == sorted((one.at for one in events), reverse=True)


@given(LISTS)
def test_a_document_has_one_entry_for_each_event_with_its_id_and_instant(
    events: list[Event],
) -> None:
    written = write_feed(FEED, newest_first(events))
    document = fromstring(written)
    require_grammar(written)
    entries = document.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [
        event.id for event in newest_first(events)
    ]
    assert [datetime.fromisoformat(entry.findtext(f"{ATOM}updated", "")) for entry in entries] == [
        event.at for event in newest_first(events)
    ]


@given(st.text(), st.text())
def test_an_urn_is_the_same_for_the_same_parts_only(one: str, other: str) -> None:
    assert (make_urn(one) == make_urn(other)) == (one == other)
    assert make_urn(one) != make_urn(one, "")


def test_an_id_is_the_same_in_every_version() -> None:
    """Or readers would see every event again."""
    assert make_urn("feed", "") == "urn:uuid:a301a1f8-923a-5361-a04f-79e717ebb4c1"
