"""The form and the language of an answer follow the weights of the caller's headers."""

import pytest

from app.http.accept import choose_media_type, order_by_preference

JSON, CSV = OFFERS = ("application/json", "text/csv")


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("text/csv", CSV),
        ("TEXT/CSV", CSV),
        ("text/csv; charset=utf-8", CSV),
        ("text/*", CSV),
        ("text/csv, */*", CSV),
        ("text/csv, application/json", CSV),
        ("application/json, text/csv", JSON),
        ("application/json;q=0.5, text/csv;q=0.8", CSV),
        ("text/csv;q=0.5, application/json", JSON),
        ("text/csv;q=0.1, */*", JSON),
        ("text/csv;q=0.9, */*;q=0.8", CSV),
        ("*/*, application/json;q=0.3", CSV),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", JSON),
    ],
)
def test_the_media_type_with_the_highest_weight_is_chosen(header: str, chosen: str) -> None:
    assert choose_media_type(header, OFFERS) == chosen


@pytest.mark.parametrize(
    "header",
    [
        "text/csv;q=0, application/json",
        "application/json, text/csv; q=0",
        "text/csv ; Q=0.000 , */*",
        "text/*;q=0, */*",
        "text/csv;q=0",
    ],
)
def test_a_media_type_of_weight_zero_is_not_chosen(header: str) -> None:
    assert choose_media_type(header, OFFERS) == JSON


@pytest.mark.parametrize(
    "header", ["text/html", "text/csv;q=2", "text/csv;q=-1", "text/csv;q=x", "csv", ",;,"]
)
def test_a_header_that_accepts_no_offer_gets_the_first(header: str) -> None:
    assert choose_media_type(header, OFFERS) == JSON


def test_commas_in_quotes_do_not_separate_values() -> None:
    assert order_by_preference('text/html;title="text/csv, b";q=0.2, c') == ["c", "text/html"]
    assert order_by_preference('a;title="\\", b"') == ["a"]


def test_values_of_equal_weight_keep_their_order() -> None:
    assert order_by_preference("es-MX, es;q=0.9, de;q=0, fr;q=0.90, en") == [
        "es-mx",
        "en",
        "es",
        "fr",
    ]
