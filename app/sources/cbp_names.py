"""What U.S. Customs and Border Protection calls its monthly files.

`nationwide-encounters-fy23-fy26-aug-aor_0.csv` holds fiscal years 2023 to 2026 through August. The
final file of a
year names no month: `nationwide-encounters-fy22-fy25-aor.csv`. An upload under a name that is taken
gets `_0`. Files are in a folder of the month of their upload: `2026-09`, before 2024
`documents/2024-Jan`.
"""

import re
from collections.abc import Callable

from app.sources.month_names import month_number
from app.sources.publisher import Edition
from forecasting import Month

_ISO_FOLDER = re.compile(r"/(20\d\d)-(0[1-9]|1[0-2])/")
_NAMED_FOLDER = re.compile(r"/(20\d\d)-([A-Za-z]{3,9})/")
_LAST_FISCAL_MONTH = 9


def cbp_edition_reader(name: re.Pattern[str]) -> Callable[[str], Edition | None]:
    """What tells the edition of a path whose last part matches `name`.

    Parameters
    ----------
    name : pattern with the groups `year` (two digits of the last fiscal year), `month` (three
        letters or more; absent from final files), and `copy` (digits after an underscore, if there
        are any)
    """

    def edition(path: str) -> Edition | None:
        found = name.fullmatch(path.rpartition("/")[2].lower())
        if found is None:
            return None
        month = month_number(found["month"]) if found["month"] else _LAST_FISCAL_MONTH
        if month is None:
            return None
        fiscal_year = 2000 + int(found["year"])
        newest = Month.of(fiscal_year - 1 if month > _LAST_FISCAL_MONTH else fiscal_year, month)
        is_final = int(found["month"] is None)
        copy = int(found["copy"]) + 1 if found["copy"] else 0
        return Edition(str(newest), newest, (is_final, _folder(path), copy))

    return edition


def _folder(path: str) -> int:
    """Months since the year 0 of the folder that a file was put in; 0 if its name says none."""
    if found := _ISO_FOLDER.search(path):
        return int(found[1]) * 12 + int(found[2])
    if (found := _NAMED_FOLDER.search(path)) and (month := month_number(found[2])):
        return int(found[1]) * 12 + month
    return 0
