"""Estimates of how wide words are, near enough to break lines without asking a font."""

from collections.abc import Iterable, Iterator

# Widths in font sizes after Helvetica, which Arial and Liberation Sans share; what is not listed is
# as wide as most small letters and digits.
_WIDTHS = {
    **dict.fromkeys(" .,:;ijlIí'’|!/\u00a0", 0.28),
    **dict.fromkeys("ftr()-“”", 0.34),
    **dict.fromkeys("cksvxyzJ", 0.5),
    **dict.fromkeys("ABEKPSVXY", 0.67),
    **dict.fromkeys("CDHNRUGOQw", 0.75),
    **dict.fromkeys("mMW%", 0.87),
}
_USUAL = 0.556
WIDEST_FONT = 1.2
"""How many times as wide letters are where none of these fonts is installed and a browser takes
another one, such as DejaVu Sans or Verdana."""
_BOLD = 1.08  # times as wide


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """About how many pixels wide a text is in letters of a size."""
    return sum(_WIDTHS.get(letter, _USUAL) for letter in text) * size * (_BOLD if bold else 1)


def wrap_text(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """A text in lines that fit into so many pixels.

    A word that does not fit has a line of its own.
    """
    return list(_lines(text.split(" "), size, room, bold=bold))


def _lines(words: Iterable[str], size: float, room: float, *, bold: bool) -> Iterator[str]:
    line = ""
    for word in words:
        longer = f"{line} {word}" if line else word
        if line and text_width(longer, size, bold=bold) > room:
            yield line
            line = word
        else:
            line = longer
    if line:
        yield line
