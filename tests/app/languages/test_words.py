"""The catalogues say the same things in every language, and numbers as its readers write them."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import app.languages
from app.charts.events import all_events
from app.languages import LANGUAGES, words
from app.observations.bundled_record import BundledRecord
from forecasting import Month

FOLDER = Path(app.languages.__file__).parent
# What is said in English elsewhere, other languages have names for.
NAMES = ("series", "event", "event_source", "note", "warning")


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
    english, other = catalog("en"), catalog(language)
    for kind in NAMES:
        other.pop(kind)
    said, known = texts(other), texts(english)
    assert said.keys() == known.keys()
    for key, text in known.items():
        if not key.startswith((".months", ".days")):
            assert sorted(re.findall(r"{\w+}", said[key])) == sorted(re.findall(r"{\w+}", text)), (
                key
            )


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


def test_months_days_and_percents_are_written_as_readers_write_them() -> None:
    april = Month.of(2024, 4)
    assert (words("en").month(april), words("es").month(april)) == ("April 2024", "abril de 2024")
    day = april.first_day
    assert (words("en").day(day), words("es").day(day)) == ("1 April 2024", "1 de abril de 2024")
    assert words("en").percent(-0.04, digits=1, signed=True) == "0.0%"
    assert words("es").percent(-38.4, signed=True) == "−38\u00a0%"
    assert words("en").listed(["a", "b", "c"]) == "a, b and c"
