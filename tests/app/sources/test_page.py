"""A publisher's page: its links, its day, and which of its files is the newest."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sources.failures import PageChanged
from app.sources.page import choose_newest, read_page
from app.sources.publisher import Edition, FileLink, FileNames
from app.sources.publishers import PUBLISHERS
from forecasting import Month
from tests.app.sources.site import cbp_page, frontex_page, gov_uk_page, ohss_page

TODAY = date(2026, 11, 25)
CBP, SOUTHWEST, OHSS = (
    PUBLISHERS["cbp"].files,
    PUBLISHERS["cbp-southwest"].files,
    PUBLISHERS["ohss"].files,
)
FRONTEX, HOME_OFFICE = PUBLISHERS["frontex"].files, PUBLISHERS["home-office"].files
FOLDER = "/sites/default/files"
ABBREVIATIONS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def newest(
    content: bytes,
    files: FileNames,
    *,
    today: date = TODAY,
    address: str = "https://www.cbp.gov/document/stats/nationwide-encounters",
) -> FileLink:
    return choose_newest(read_page(content, address), files, today=today)


def edition_of(files: FileNames, path: str) -> Edition:
    found = files.edition(path)
    assert found is not None
    return found


def test_the_newest_cbp_file_is_that_of_the_newest_month() -> None:
    page = cbp_page(
        [
            (
                "FY23 - FY26 (FYTD) by Area of Responsibility - August",
                f"{FOLDER}/2026-09/nationwide-encounters-fy23-fy26-aug-aor_0.csv",
            ),
            ("By State", f"{FOLDER}/2026-09/nationwide-encounters-fy23-fy26-aug-state.csv"),
            ("FY22 - FY25", f"{FOLDER}/2025-11/nationwide-encounters-fy22-fy25-aor.csv"),
            (
                "FY20 - FY23",
                f"{FOLDER}/assets/documents/2023-Nov/nationwide-encounters-fy20-fy23-aor.csv",
            ),
        ]
    )
    found = newest(page, CBP)
    assert found.address == (
        "https://www.cbp.gov/sites/default/files/2026-09/nationwide-encounters-fy23-fy26-aug-aor_0.csv"
    )
    assert found.text == "FY23 - FY26 (FYTD) by Area of Responsibility - August"
    assert found.edition.month == Month.of(2026, 8)


@pytest.mark.parametrize(
    ("path", "month"),
    [
        ("/2026-09/nationwide-encounters-fy23-fy26-aug-aor_0.csv", "2026-08"),
        ("/2025-11/nationwide-encounters-fy23-fy26-oct-aor.csv", "2025-10"),
        ("/2026-01/nationwide-encounters-fy23-fy26-dec-aor.csv", "2025-12"),
        ("/2025-11/nationwide-encounters-fy22-fy25-aor.csv", "2025-09"),
        ("/assets/documents/2024-Jan/nationwide-encounters-fy21-fy24-dec-aor.csv", "2023-12"),
        ("/2026-07/Nationwide-Encounters-FY23-FY26-June-AOR.csv", "2026-06"),
    ],
)
def test_the_name_of_a_cbp_file_says_its_newest_month(path: str, month: str) -> None:
    edition = CBP.edition(path)
    assert edition is not None
    assert str(edition.month) == month


def test_a_southwest_file_is_not_taken_for_a_nationwide_one() -> None:
    assert edition_of(SOUTHWEST, "/2026-05/sbo-encounters-fy23-fy26-apr.csv").label == "2026-04"
    assert CBP.edition("/2026-05/sbo-encounters-fy23-fy26-apr.csv") is None


def test_the_final_file_of_a_year_is_newer_than_that_of_its_september() -> None:
    monthly = edition_of(CBP, "/2025-10/nationwide-encounters-fy22-fy25-sep-aor.csv")
    final = edition_of(CBP, "/2025-10/nationwide-encounters-fy22-fy25-aor.csv")
    october = edition_of(CBP, "/2025-11/nationwide-encounters-fy23-fy26-oct-aor.csv")
    assert monthly.age < final.age < october.age


def test_an_upload_under_a_name_that_was_taken_is_newer() -> None:
    first = edition_of(CBP, "/2026-09/nationwide-encounters-fy23-fy26-aug-aor.csv")
    second = edition_of(CBP, "/2026-09/nationwide-encounters-fy23-fy26-aug-aor_0.csv")
    third = edition_of(CBP, "/2026-09/nationwide-encounters-fy23-fy26-aug-aor_1.csv")
    assert first.age < second.age < third.age


def test_the_newest_ohss_file_is_the_one_whose_name_ends_with_the_newest_month() -> None:
    name = "ohss_immigration-enforcement-and-legal-processes-tables"
    page = ohss_page(
        [
            ("November 2024", f"{FOLDER}/2025-01/2025_0116_{name}-november-2024.xlsx"),
            ("June 2024", f"{FOLDER}/2024-10/24-1011_{name}-june-2024_2.xlsx"),
            ("February 2024", f"{FOLDER}/2024-06/24-0607_{name}-february-2024.xlsx"),
        ]
    )
    assert newest(page, OHSS).edition.label == "2024-11"


def test_the_newest_frontex_file_is_the_one_of_the_newest_day() -> None:
    page = frontex_page(
        [
            "/assets/Migratory_routes/2026/Monthly_detections_of_IBC_2026_08_04.xlsx",
            "/assets/Migratory_routes/2026/Monthly_detections_of_IBC_2026_09_02.xlsx",
            "/assets/Migratory_routes/2022/Monthly_detections_of_IBC_20220204.xlsx",
        ]
    )
    found = newest(page, FRONTEX, address="https://www.frontex.europa.eu/migratory-map/")
    assert found.edition.label == "2026-09-02"
    assert found.address.startswith("https://www.frontex.europa.eu/assets/Migratory_routes/2026/")


def test_the_newest_home_office_file_may_be_on_another_host() -> None:
    address = "https://assets.publishing.service.gov.uk/media/6a9/21_August_2026_Small_boats_-_time_series.ods"
    found = newest(
        gov_uk_page([address]), HOME_OFFICE, address="https://www.gov.uk/government/boats"
    )
    assert (found.address, found.edition.label) == (address, "2026-08-21")


def test_a_page_without_the_file_has_changed_and_the_message_says_what_was_looked_for() -> None:
    page = cbp_page([("State", f"{FOLDER}/2026-09/nationwide-encounters-fy23-fy26-aug-state.csv")])
    with pytest.raises(PageChanged) as raised:
        newest(page, CBP)
    message = str(raised.value)
    assert "looked for links under the heading 'Dashboard Dataset'" in message
    assert "nationwide-encounters-fy23-fy26-aug-state.csv" in message
    assert "https://www.cbp.gov/document/stats/nationwide-encounters" in message


def test_a_page_that_refuses_politely_has_changed_and_the_message_gives_its_title() -> None:
    with pytest.raises(PageChanged, match="titled 'Access Denied'"):
        newest(b"<html><title>Access Denied</title><p>Reference 18.2</p></html>", CBP)


def test_a_name_of_another_form_above_the_newest_means_that_the_page_has_changed() -> None:
    page = cbp_page(
        [
            ("September", f"{FOLDER}/2026-10/nationwide-encounters-2026-september-aor.csv"),
            ("August", f"{FOLDER}/2026-09/nationwide-encounters-fy23-fy26-aug-aor.csv"),
        ]
    )
    with pytest.raises(
        PageChanged, match=r"nationwide-encounters-2026-september-aor\.csv above the newest"
    ):
        newest(page, CBP)


def test_a_name_of_another_form_below_the_newest_is_an_old_one() -> None:
    page = cbp_page(
        [
            ("August", f"{FOLDER}/2026-09/nationwide-encounters-fy23-fy26-aug-aor.csv"),
            ("Old", f"{FOLDER}/2022-01/nationwide-encounters-aor-archive.csv"),
        ]
    )
    assert newest(page, CBP).edition.label == "2026-08"


def test_a_file_of_a_month_that_is_not_over_is_not_believed() -> None:
    page = cbp_page([("November", f"{FOLDER}/2026-11/nationwide-encounters-fy24-fy27-nov-aor.csv")])
    with pytest.raises(PageChanged):
        newest(page, CBP)


@pytest.mark.parametrize(
    ("content", "day"),
    [
        (cbp_page([], modified="Sep 16, 2026"), date(2026, 9, 16)),
        (gov_uk_page([], updated="2026-08-21T00:30:01+01:00"), date(2026, 8, 20)),
        (b"<p>Last updated 3 March 2026</p>", date(2026, 3, 3)),
        (
            b'<meta property="article:modified_time" content="2026-09-02T10:00:00+00:00">',
            date(2026, 9, 2),
        ),
        (b"<p>Last Updated: 02/20/2025</p>", None),
        (b"<p>Last updated 31 February 2026</p>", None),
        (b"", None),
    ],
)
def test_the_day_of_a_page(content: bytes, day: date | None) -> None:
    assert read_page(content, "https://example.org/").day == day


@pytest.mark.parametrize(
    ("content", "day"),
    [
        (ohss_page([]), date(2025, 2, 20)),
        (b"<p>Last Updated: 20/02/2025</p>", None),
        (b"<p>Last Updated: 02/20/2025. Posted 03/01/2025</p>", date(2025, 2, 20)),
        (b"<p>Last updated 3 March 2026</p>", date(2026, 3, 3)),
    ],
)
def test_the_day_of_a_page_that_writes_the_month_first(content: bytes, day: date | None) -> None:
    assert read_page(content, "https://example.org/", month_first=True).day == day


def test_addresses_are_absolute_whatever_the_page_calls_its_base() -> None:
    content = (
        b'<base href="https://files.example.org/a/"><a href=" b%20c.csv#top ">File <b>b</b></a>'
    )
    [link] = read_page(content, "https://example.org/page").links
    assert link == ("https://files.example.org/a/b%20c.csv", "File b")
    assert link.path == "/a/b c.csv"


months = st.integers(2010 * 12, 2026 * 12 + 9).map(
    lambda number: Month.of(number // 12, number % 12 + 1)
)
copies = st.none() | st.integers(0, 3)


def cbp_name(month: Month, copy: int | None, is_final: bool) -> str:
    last = month.fiscal_year % 100
    words = "" if is_final else f"-{ABBREVIATIONS[month.month - 1]}"
    suffix = "" if copy is None else f"_{copy}"
    stem = "nationwide-encounters-"
    return f"{FOLDER}/{month + 1}/{stem}fy{last - 3:02d}-fy{last:02d}{words}-aor{suffix}.csv"


@given(
    files=st.lists(st.tuples(months, copies), min_size=1, max_size=8, unique=True),
    others=st.lists(st.sampled_from(["/a.pdf", "/x-state.csv", "/"]), max_size=3),
    data=st.data(),
)
def test_the_newest_link_does_not_depend_on_the_order_of_the_links(
    files: list[tuple[Month, int | None]], others: list[str], data: st.DataObject
) -> None:
    hrefs = [cbp_name(month, copy, month.month == 9) for month, copy in files]
    order = data.draw(st.permutations(hrefs + others))
    found = newest(cbp_page([("A file", href) for href in order]), CBP)
    month, copy = max(files, key=lambda each: (each[0], -1 if each[1] is None else each[1]))
    assert found.address == f"https://www.cbp.gov{cbp_name(month, copy, month.month == 9)}"


@given(first=st.dates(date(2009, 2, 1), TODAY), second=st.dates(date(2009, 2, 1), TODAY))
def test_a_later_day_in_a_name_is_a_newer_edition(first: date, second: date) -> None:
    names = [f"/a/Monthly_detections_of_IBC_{day:%Y_%m_%d}.xlsx" for day in (first, second)]
    found = newest(frontex_page(names), FRONTEX)
    assert found.edition.label == max(first, second).isoformat()


@given(name=st.text(alphabet="abcdefghij0123456789-_ .%/", max_size=60))
def test_no_name_breaks_the_recognition_of_editions(name: str) -> None:
    for publisher in PUBLISHERS.values():
        for stem in ("nationwide-encounters-", "sbo-encounters-", "Monthly_detections_of_IBC_", ""):
            publisher.files.edition(f"/{stem}{name}{publisher.file_type.value}")
