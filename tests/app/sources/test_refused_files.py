"""What a publisher's site sends and is refused: nothing is loaded, and the failure says why."""

from datetime import UTC, datetime, timedelta

import pytest

from app.sources.outcome import Result
from app.storage.database import Database
from tests.app.observations.publishing import figure, publish
from tests.app.observations.readers import files
from tests.app.sources.site import Answer, Site, cbp_page
from tests.app.sources.updates import (
    AUGUST,
    NOVEMBER,
    NOW,
    PAGE,
    THROUGH_AUGUST,
    THROUGH_NOVEMBER,
    ask,
    failure,
    history,
    offer,
    releases,
)

pytestmark = pytest.mark.slow


def nothing_was_kept(database: Database) -> bool:
    return releases(database) == [] and history(database) == {}


def test_a_web_page_in_the_place_of_the_file_is_refused(known: Database, site: Site) -> None:
    offer(site, AUGUST, body=b"<!DOCTYPE html><html><h1>Sorry</h1></html>" * 50)
    kind, said = failure(ask(known, site))
    assert kind == "not-the-file"
    assert "sent a web page (text/csv) in the place of the .csv file" in said
    assert nothing_was_kept(known)


def test_a_workbook_in_the_place_of_the_file_is_refused(known: Database, site: Site) -> None:
    offer(site, AUGUST, body=files.workbook())
    kind, said = failure(ask(known, site))
    assert (kind, "it is a workbook" in said) == ("not-the-file", True)


def test_a_file_of_a_few_bytes_is_refused(known: Database, site: Site) -> None:
    offer(site, AUGUST, body=THROUGH_AUGUST[:500])
    kind, said = failure(ask(known, site))
    assert (kind, "sent 500 bytes, and at least 1,000 were expected" in said) == (
        "not-the-file",
        True,
    )


def test_a_file_that_was_cut_between_two_lines_is_refused(known: Database, site: Site) -> None:
    offer(site, NOVEMBER, body=THROUGH_NOVEMBER, modified=datetime(2024, 12, 19, tzinfo=UTC))
    ask(known, site, now=datetime(2024, 12, 20, tzinfo=UTC))
    before = history(known)
    lines = THROUGH_AUGUST.splitlines(keepends=True)
    offer(site, AUGUST, body=b"".join(lines[: len(lines) // 3]))
    kind, said = failure(ask(known, site))
    assert (kind, "less than half" in said) == ("not-the-file", True)
    assert history(known) == before


def test_a_file_cut_within_a_line_is_refused(known: Database, site: Site) -> None:
    offer(site, AUGUST, body=THROUGH_AUGUST[:-40])
    kind, said = failure(ask(known, site))
    assert (kind, "no line break" in said) == ("unreadable-file", True)
    assert nothing_was_kept(known)


def test_a_renamed_column_is_named(known: Database, site: Site) -> None:
    offer(site, AUGUST, body=THROUGH_AUGUST.replace(b"Encounter Count", b"Number of Encounters", 1))
    kind, said = failure(ask(known, site))
    assert kind == "unreadable-file"
    assert "'Number of Encounters'" in said
    assert "A newer version of Bordercast may read it" in said
    assert "By hand" not in said  # it could not be loaded by hand either
    assert nothing_was_kept(known)


def test_a_page_that_offers_an_older_file_than_the_last_is_an_old_copy(
    known: Database, site: Site
) -> None:
    offer(site, AUGUST)
    ask(known, site)
    offer(site, NOVEMBER, body=THROUGH_NOVEMBER)
    kind, said = failure(ask(known, site, now=NOW + timedelta(days=1)))
    assert kind == "older-file"
    assert "of 2024-11, older than the last one, of 2025-08" in said
    assert site.statuses(NOVEMBER) == []
    assert len(releases(known)) == 1


def test_a_file_that_ends_before_the_record_is_refused_whatever_it_is_called(
    known: Database, site: Site
) -> None:
    with known.writing() as session:
        publish(session, "cbp", "2025-09-19", figure("usbp.southwest", "2025-08", 6321))
    offer(site, AUGUST, body=THROUGH_NOVEMBER)
    kind, said = failure(ask(known, site))
    assert kind == "older-file"
    assert "through 2024-11, and the record has them through 2025-08" in said
    assert len(releases(known)) == 1


def test_figures_that_moved_more_than_any_restatement_has_are_refused(
    known: Database, site: Site
) -> None:
    with known.writing() as session:
        publish(session, "cbp", "2025-08-19", figure("usbp.southwest", "2025-07", 9100))
    offer(site, AUGUST)
    kind, said = failure(ask(known, site))
    assert kind == "implausible-figures"
    assert "usbp.southwest 2025-07: 9,100 to 4,596" in said
    assert history(known) == {"2025-07": 9100}


def test_a_figure_may_move_as_far_as_its_series_has_moved_before(
    known: Database, site: Site
) -> None:
    with known.writing() as session:
        key = "usbp.southwest"
        publish(session, "cbp", "2025-06-17", figure(key, "2025-05", 20_000))
        publish(session, "cbp", "2025-07-17", figure(key, "2025-05", 8_725))
        publish(session, "cbp", "2025-08-19", figure(key, "2025-07", 9100))
    offer(site, AUGUST)
    assert ask(known, site).result is Result.NEW


def test_figures_of_another_source_may_differ(known: Database, site: Site) -> None:
    with known.writing() as session:
        publish(session, "press", "2025-08-01", figure("usbp.southwest", "2025-07", 9100))
    offer(site, AUGUST)
    assert ask(known, site).result is Result.NEW


def test_a_page_of_another_structure_is_said_to_have_changed_and_never_to_have_nothing_new(
    known: Database, site: Site
) -> None:
    offer(site, AUGUST)
    ask(known, site)
    site.serve(PAGE, Answer(cbp_page([("Southwest Land Border Encounters", "/data/swb.csv")])))
    kind, said = failure(ask(known, site, now=NOW + timedelta(days=1)))
    assert kind == "page-changed"
    assert "looked for links under the heading 'Dashboard Dataset'" in said
    assert "swb.csv" in said
    assert "Nothing new" not in said


def test_a_page_that_is_no_web_page_has_changed(known: Database, site: Site) -> None:
    site.serve(PAGE, Answer(b'{"error": "gone"}', "application/json"))
    kind, said = failure(ask(known, site))
    assert (kind, "found application/json" in said) == ("page-changed", True)


@pytest.mark.parametrize("where", [PAGE, AUGUST])
def test_every_failure_says_what_to_do_by_hand(known: Database, site: Site, where: str) -> None:
    offer(site, AUGUST)
    site.serve(where, Answer(status=403))
    kind, said = failure(ask(known, site))
    assert kind == "access-denied"
    assert f"By hand: open {site.address(PAGE)} in a browser, save the newest .csv file" in said
    assert "bordercast load FILE --source cbp --published-on YYYY-MM-DD" in said


def test_a_client_that_is_refused_by_its_name_can_call_itself_otherwise(
    known: Database, site: Site
) -> None:
    offer(site, AUGUST)
    site.refused_agents = ("Bordercast",)
    assert failure(ask(known, site))[0] == "access-denied"
    assert ask(known, site, user_agent="someone@example.org").result is Result.NEW


def test_a_store_without_the_series_is_told_to_load_the_record(
    database: Database, site: Site
) -> None:
    offer(site, AUGUST)
    kind, said = failure(ask(database, site))
    assert kind == "unreadable-file"
    assert "gave no figures of a series that the record knows" in said
    assert "bordercast load" in said
    assert releases(database) == []
