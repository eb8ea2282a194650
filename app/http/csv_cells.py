"""Cells of CSV files that spreadsheets must not take for formulas."""

import re
from collections.abc import Iterable
from typing import Any

_NUMBER = re.compile(r"[+-]?\d[\d.,]*(?:[eE][+-]?\d+)?%?")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutralize_formulas(row: Iterable[Any]) -> list[Any]:
    """A row whose texts a spreadsheet shows as texts.

    A text that a spreadsheet would calculate gets an apostrophe in front. Numbers, also written as
    text, stay as they are.
    """
    return [_as_text(cell) if isinstance(cell, str) else cell for cell in row]


def _as_text(cell: str) -> str:
    if cell.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
