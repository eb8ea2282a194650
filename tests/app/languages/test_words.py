"""The catalogs say the same things in every language, and numbers as its readers write them."""

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import app.languages
from app.charts.events import all_events
from app.languages import LANGUAGES, negotiate_language, words
from app.observations.bundled_record import BundledRecord
from forecasting import Month

FOLDER = Path(app.languages.__file__).parent
# Texts of the record, which are in English, and what only one language needs.
NAMES = {"series", "event", "event_source", "note", "warning", "short_name", "month_in_dates"}


def catalog(language: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def texts(node: Any, key: str = "") -> dict[str, str]:
    if isinstance(node, dict):
        return {
            name: text
            for part, below in node.items()
            for name, text in texts(below, f"{key}.{part}").items()
        }
    return {key: str(node)}


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_every_text_is_there_with_the_same_places_for_values(language: str) -> None:
    said, known = (
        texts({kind: below for kind, below in catalog(each).items() if kind not in NAMES})
        for each in (language, "en")
    )
    assert said.keys() == known.keys()
    for key, text in known.items():
        assert sorted(re.findall(r"{\w+}", said[key])) == sorted(re.findall(r"{\w+}", text)), key


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_everything_in_the_bundled_record_has_a_name(language: str) -> None:
    other, series = catalog(language), BundledRecord().series()
    assert other["series"].keys() == {each.key for each in series}
    assert other["note"].keys() == {each.note for each in series if each.note}
    assert other["event"].keys() == {event.title for event in all_events()}
    assert other["event_source"].keys() == {event.source for event in all_events()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_has_a_short_name(language: str) -> None:
    names = catalog(language)["event_short"]
    assert names.keys() == {event.day.isoformat() for event in all_events()}
    assert max(map(len, names.values())) <= 26


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (130_400, "130,000"),
        (6_109, "6,100"),
        (8_103, "8,100"),
        (15_403, "15,400"),
        (97, "97"),
        (0, "0"),
        (128_895, "129,000"),
        (999_600, "1,000,000"),
        (1_044, "1,040"),
        (104, "104"),
    ],
)
def test_numbers_are_rounded_as_newspapers_print_them(value: int, printed: str) -> None:
    assert words("en").rounded(value) == printed


def test_numbers_are_written_as_readers_write_them() -> None:
    english, spanish = words("en"), words("es")
    assert (english.number(1_234_567), spanish.number(1_234_567)) == ("1,234,567", "1,234,567")
    assert (english.decimal(2.25, digits=2), spanish.decimal(2.25, digits=2)) == ("2.25", "2.25")
    assert (english.percent(1234), spanish.percent(1234)) == ("1,234%", "1,234\u00a0%")
    assert english.percent(38.4, signed=True) == "+38%"
    assert spanish.percent(-38.4, signed=True) == "−38\u00a0%"
    assert english.percent(-0.04, digits=1, signed=True) == "0.0%"


@pytest.mark.parametrize(
    ("day", "in_english", "in_spanish"),
    [
        (date(2025, 9, 19), "Sept. 19, 2025", "19 de septiembre de 2025"),
        (date(2024, 1, 26), "Jan. 26, 2024", "26 de enero de 2024"),
        (date(2024, 3, 1), "March 1, 2024", "1 de marzo de 2024"),
        (date(2024, 5, 7), "May 7, 2024", "7 de mayo de 2024"),
        (date(2024, 7, 31), "July 31, 2024", "31 de julio de 2024"),
        (date(2024, 12, 9), "Dec. 9, 2024", "9 de diciembre de 2024"),
    ],
)
def test_days_abbreviate_long_months_in_english(
    day: date, in_english: str, in_spanish: str
) -> None:
    assert words("en").day(day) == in_english
    assert words("es").day(day) == in_spanish


def test_a_month_without_a_day_is_spelled_out() -> None:
    september = Month.of(2025, 9)
    assert words("en").month(september) == "September 2025"
    assert words("es").month(september) == "septiembre de 2025"
    assert words("en").month(september, beside=Month.of(2025, 10)) == "September"
    assert words("en").month(september, beside=Month.of(2026, 1)) == "September 2025"


def test_lists_and_plurals_follow_the_language() -> None:
    english, spanish = words("en"), words("es")
    assert english.join(["a", "b", "c"]) == "a, b, and c"
    assert spanish.join(["a", "b", "c"]) == "a, b y c"
    assert [english.plural("footer.count", count) for count in (0, 1, 1234)] == [
        "0 releases",
        "1 release",
        "1,234 releases",
    ]
    assert spanish.plural("footer.count", 1_000_000) == "1,000,000 publicaciones"


def test_charts_name_months_and_days_in_their_language() -> None:
    time = words("es").vega_locale()["time"]
    assert (time["days"][0], time["shortDays"][6]) == ("domingo", "sáb")
    assert (time["months"][0], time["shortMonths"][11]) == ("enero", "dic")


@pytest.mark.parametrize(
    ("preferred", "language"),
    [
        (["es-MX", "en"], "es"),
        (["ES-419"], "es"),
        (["de", "en-GB", "es"], "en"),
        (["de", "*"], "en"),
        ([], "en"),
    ],
)
def test_the_first_language_with_a_catalog_is_chosen(preferred: list[str], language: str) -> None:
    assert negotiate_language(preferred) == language
