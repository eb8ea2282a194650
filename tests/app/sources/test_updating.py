"""Asking a publisher's site for its newest file: what is loaded, refused, and remembered.

The bodies are CBP's own files of December 2024 and September 2025, and files of made-up figures.
"""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from app.sources import store
from app.sources.fetching import open_fetcher
from app.sources.outcome import DayBasis, Outcome, ReleaseDay, Result
from app.sources.updating import Updater
from app.storage.database import Database
from tests.app.observations.publishing import make_series
from tests.app.observations.readers import files
from tests.app.sources.site import Answer, Site, cbp_page
from tests.app.sources.updates import (
    AUGUST,
    CBP,
    CLOSED,
    LIMITS,
    NOVEMBER,
    NOW,
    PAGE,
    SOUTHWEST,
    THROUGH_AUGUST,
    THROUGH_NOVEMBER,
    TITLE,
    ask,
    ask_if_due,
    failure,
    history,
    loaded,
    memory,
    offer,
    releases,
)

pytestmark = pytest.mark.slow


# What is loaded


def test_the_newest_file_is_loaded_as_a_release_with_its_day_source_link_and_checksum(
    known: Database, site: Site
) -> None:
    offer(site, AUGUST, NOVEMBER)
    outcome = ask(known, site)
    assert outcome.result is Result.NEW
    assert (loaded(outcome).day.day, loaded(outcome).day.basis) == (
        date(2025, 9, 19),
        DayBasis.FILE,
    )
    assert str(loaded(outcome).newest) == "2025-08"
    [release] = releases(known)
    assert (release.source, release.published_on) == ("cbp", date(2025, 9, 19))
    assert release.url == site.address(AUGUST)
    assert release.title == f"{TITLE} - aug.csv"
    assert release.recorded_by == "bordercast update"
    assert release.note is not None
    assert loaded(outcome).checksum in release.note
    assert "the file's Last-Modified" in release.note
    assert history(known)["2025-08"] == 6321
    assert site.statuses(NOVEMBER) == []


def test_a_second_time_nothing_is_sent_and_nothing_changes(known: Database, site: Site) -> None:
    offer(site, AUGUST)
    ask(known, site)
    again = ask(known, site, now=NOW + timedelta(days=1))
    assert again.result is Result.UNCHANGED
    assert site.statuses(PAGE) == [200, 304]
    assert site.statuses(AUGUST) == [200, 304]
    assert len(releases(known)) == 1
    assert memory(known).new_at == NOW
    assert memory(known).answered_at == NOW + timedelta(days=1)


def test_a_site_without_validators_is_asked_whole_and_its_file_recognized(
    known: Database, site: Site
) -> None:
    links = cbp_page([(TITLE, AUGUST)])
    site.serve(PAGE, Answer(links))
    site.serve(AUGUST, Answer(THROUGH_AUGUST, "application/octet-stream"))
    assert ask(known, site).result is Result.NEW
    assert ask(known, site, now=NOW + timedelta(days=3)).result is Result.UNCHANGED
    assert site.statuses(AUGUST) == [200, 200]
    assert len(releases(known)) == 1


def test_a_new_file_says_what_is_new_revised_and_unchanged(known: Database, site: Site) -> None:
    offer(site, NOVEMBER, body=THROUGH_NOVEMBER, modified=datetime(2024, 12, 19, tzinfo=UTC))
    first = ask(known, site, now=datetime(2024, 12, 20, tzinfo=UTC))
    offer(site, AUGUST)
    second = ask(known, site)
    assert loaded(first).first_figures == loaded(first).report.received
    assert loaded(second).first_figures == 4 * 9  # December 2024 to August 2025
    assert loaded(second).restated > 0
    assert loaded(second).report.unchanged > 0
    revised = loaded(second).report.changes.revised[0]
    assert any(
        f"Revised: {revised.series} {revised.period} from {revised.before:,} to {revised.after:,}."
        in sentence
        for sentence in second.sentences()
    )


def test_a_file_replaced_at_the_same_address_is_noticed(known: Database, site: Site) -> None:
    offer(site, AUGUST, body=THROUGH_AUGUST)
    ask(known, site)
    row = b"2025 (FYTD),FYTD,AUG,U.S. Border Patrol,UAC,Mexico,Title 8,Apprehensions,"
    restated = CLOSED + timedelta(days=3)
    body = THROUGH_AUGUST.replace(row + b"463", row + b"470")
    offer(site, AUGUST, body=body, modified=restated)
    again = ask(known, site, now=NOW + timedelta(days=1))
    assert again.result is Result.NEW
    assert loaded(again).day.day == restated.date()
    assert history(known)["2025-08"] == 6328


def test_the_same_figures_under_a_new_name_are_one_release_more_only_if_the_day_is_another(
    known: Database, site: Site
) -> None:
    offer(site, AUGUST)
    ask(known, site)
    copied = AUGUST.replace("aug.csv", "aug_0.csv")
    offer(site, copied)
    assert ask(known, site, now=NOW + timedelta(days=1)).result is Result.UNCHANGED
    assert len(releases(known)) == 1


def test_a_dry_run_shows_what_there_is_and_keeps_nothing(known: Database, site: Site) -> None:
    offer(site, AUGUST)
    outcome = ask(known, site, dry_run=True)
    assert outcome.result is Result.NEW
    assert loaded(outcome).report.received > 100
    assert outcome.sentences()[0].startswith("Would load ")
    assert releases(known) == []
    assert history(known) == {}
    assert memory(known).asked_at is None
    assert ask(known, site).result is Result.NEW


# The day of a release


def test_without_the_files_date_the_page_says_the_day(known: Database, site: Site) -> None:
    offer(site, AUGUST, modified=None)
    outcome = ask(known, site)
    assert (loaded(outcome).day.day, loaded(outcome).day.basis) == (
        date(2025, 9, 22),
        DayBasis.PAGE,
    )


def test_without_any_date_the_day_it_was_first_seen_counts_also_when_it_is_loaded_later(
    known: Database, site: Site
) -> None:
    site.serve(PAGE, Answer(cbp_page([(TITLE, AUGUST)], modified="long ago")))
    site.serve(AUGUST, Answer(status=500))
    assert ask(known, site).result is Result.FAILED
    site.serve(AUGUST, Answer(THROUGH_AUGUST, "text/csv"))
    outcome = ask(known, site, now=NOW + timedelta(days=2))
    assert loaded(outcome).day == ReleaseDay(NOW.date(), DayBasis.SEEN)


@pytest.mark.parametrize(
    "impossible", [datetime(2025, 8, 30, tzinfo=UTC), datetime(2026, 9, 19, tzinfo=UTC)]
)
def test_a_day_before_the_end_of_the_newest_month_or_in_the_future_is_not_believed(
    known: Database, site: Site, impossible: datetime
) -> None:
    offer(site, AUGUST, modified=impossible)
    assert loaded(ask(known, site)).day.basis is DayBasis.PAGE


# What is remembered


def test_a_failure_is_remembered_until_the_publisher_answers_again(
    known: Database, site: Site
) -> None:
    offer(site, AUGUST)
    site.serve(AUGUST, Answer(status=404))
    ask(known, site)
    failed = memory(known)
    assert failed.failure_kind == "not-found"
    assert (failed.failed_at, failed.answered_at, failed.failures) == (NOW, None, 1)
    offer(site, AUGUST)
    ask(known, site, now=NOW + timedelta(hours=1))
    answered = memory(known)
    assert (answered.failure, answered.failed_at, answered.failures) == (None, None, 1)


def test_a_file_that_was_refused_is_asked_for_whole_the_next_time(
    known: Database, site: Site
) -> None:
    """Or a refusal would turn into nothing new."""
    offer(site, AUGUST, body=THROUGH_AUGUST[:-40])
    ask(known, site)
    assert failure(ask(known, site, now=NOW + timedelta(hours=8)))[0] == "unreadable-file"
    assert site.statuses(AUGUST) == [200, 200]


def test_only_one_process_asks_a_publisher_at_a_time(known: Database, site: Site) -> None:
    offer(site, AUGUST)
    with known.writing() as session:
        store.ensure_source(session, SOUTHWEST.name)
        later = NOW + timedelta(minutes=30)
        assert store.claim_source(session, SOUTHWEST.name, "another process", now=NOW, until=later)
    kind, _ = failure(ask(known, site, now=NOW + timedelta(minutes=1)))
    assert (kind, site.asked) == ("busy", [])
    assert ask(known, site, now=NOW + timedelta(minutes=31)).result is Result.NEW


def test_a_claim_ends_with_the_asking_also_if_that_fails(known: Database, site: Site) -> None:
    site.serve(PAGE, Answer(status=404))
    ask(known, site)
    assert memory(known).claimed_by is None


def test_a_publisher_that_was_asked_lately_is_not_asked_by_the_schedule(
    known: Database, site: Site
) -> None:
    offer(site, AUGUST)
    gap = timedelta(hours=3)
    outcomes = [
        ask_if_due(known, site, gap, now=NOW + timedelta(hours=hours)) for hours in (0, 2, 4)
    ]
    assert [one and one.result for one in outcomes] == [Result.NEW, None, Result.UNCHANGED]


def test_of_many_processes_that_ask_at_once_one_does(known: Database, site: Site) -> None:
    offer(site, AUGUST)

    async def all_at_once() -> list[Outcome | None]:
        async with open_fetcher(limits=LIMITS) as fetcher:
            pages = {SOUTHWEST.name: site.address(PAGE)}
            updaters = [Updater(known, lambda: NOW, fetcher, pages=pages) for _ in range(5)]
            gap = timedelta(hours=3)
            return await asyncio.gather(
                *(one.update_if_due(SOUTHWEST, least_gap=gap) for one in updaters)
            )

    outcomes = asyncio.run(all_at_once())
    assert sorted(str(one and one.result) for one in outcomes) == ["None"] * 4 + ["new"]
    assert site.statuses(PAGE) == [200]


# Other kinds of files


def test_nationwide_files_load_too(database: Database, site: Site) -> None:
    with database.writing() as session:
        for key in ("usbp", "usbp.southwest.tucson"):
            make_series(session, key)
    page, path = (
        "/nationwide",
        "/sites/default/files/2023-12/nationwide-encounters-fy21-fy24-nov-aor_0.csv",
    )
    rows = [*files.AOR_ROWS, *files.AOR_ROWS[1:3]]
    rows[-2:] = [[*row[:2], "NOV", *row[3:]] for row in rows[-2:]]
    site.serve(page, Answer(cbp_page([("By area", path)])))
    body = files.aor(rows)
    site.serve(path, Answer(body, "text/csv", modified=datetime(2023, 12, 22, tzinfo=UTC)))
    outcome = ask(database, site, publisher=CBP, page=page)
    assert outcome.result is Result.NEW, outcome.sentences()
    assert history(database, "usbp") == {"2023-10": 51, "2023-11": 61}


def test_what_a_clock_ahead_has_claimed_and_asked_is_asked_all_the_same(known: Database) -> None:
    ahead = NOW + timedelta(days=365)
    with known.writing() as session:
        store.ensure_source(session, SOUTHWEST.name)
        until = ahead + timedelta(minutes=30)
        assert store.claim_source(session, SOUTHWEST.name, "ahead", now=ahead, until=until)
    with known.writing() as session:
        assert store.claim_source(
            session,
            SOUTHWEST.name,
            "another",
            now=NOW,
            until=NOW + timedelta(minutes=30),
            unless_asked_since=NOW - timedelta(hours=3),
        )
