"""Lines in pictures break where they have to, and no later."""

from itertools import pairwise

import pytest

from app.charts.text_metrics import text_width, wrap_text

# As Chromium measures them in Liberation Sans.
MEASURED = [
    ("Encounters a month, September 2020 to August 2026.", 13, False, 314.37),
    ("128,308 (80%: 92,251 to 176,919)", 13, False, 197.32),
    (
        "Encuentros de la Patrulla Fronteriza, frontera suroeste: lo que se pronosticó",
        16,
        True,
        580.56,
    ),
]


@pytest.mark.parametrize(("text", "size", "bold", "pixels"), MEASURED)
def test_a_text_is_nearly_as_wide_as_a_browser_draws_it(
    text: str, size: int, bold: bool, pixels: float
) -> None:
    assert text_width(text, size, bold=bold) == pytest.approx(pixels, rel=0.04)


def test_every_line_fits_and_nothing_is_lost() -> None:
    text = " ".join(line for line, *_ in MEASURED)
    lines = wrap_text(text, 11, 200)
    assert " ".join(lines) == text
    assert all(text_width(line, 11) <= 200 for line in lines)
    for line, below in pairwise(lines):
        assert text_width(f"{line} {below.split(' ')[0]}", 11) > 200


def test_a_word_without_room_is_not_cut() -> None:
    assert wrap_text("a considerable word", 11, 30) == ["a", "considerable", "word"]
