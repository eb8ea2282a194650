"""The monthly files of U.S. Customs and Border Protection: how they are named and published.

`nationwide-encounters-fy23-fy26-aug-aor_0.csv` holds fiscal years 2023 to 2026 through August. The
final file of a year names no month: `nationwide-encounters-fy22-fy25-aor.csv`. An upload under a
name that is taken gets `_0`. Files are in a folder of the month of their upload: `2026-09`, before
2024 `documents/2024-Jan`.
"""

import re
from collections.abc import Callable

from app.sources.month_names import month_number
from app.sources.publisher import (
    AskingTimes,
    Edition,
    FileNames,
    FileType,
    Publisher,
    Restatements,
)
from forecasting import Month

_ISO_FOLDER = re.compile(r"/(20\d\d)-(0[1-9]|1[0-2])/")
_NAMED_FOLDER = re.compile(r"/(20\d\d)-([A-Za-z]{3,9})/")
_LAST_FISCAL_MONTH = 9


def cbp_publisher(
    name: str,
    *,
    title: str,
    page: str,
    file_name: re.Pattern[str],
    resembling: re.Pattern[str],
    example: str,
    largest: int,
    headline: str,
    paced_by: str | None = None,
) -> Publisher:
    """One of the files that CBP publishes each month, all in the same way.

    Parameters
    ----------
    name, headline, paced_by : as in `Publisher`
    title : what the file holds, in words
    page : last part of the address of the page that links the file
    file_name : as for `cbp_edition_reader`
    resembling : as in `FileNames`
    example : a name that `file_name` matches
    largest : size in bytes that no file reaches
    """
    return Publisher(
        name=name,
        source="cbp",
        title=f"U.S. Customs and Border Protection, {title}",
        page=f"https://www.cbp.gov/document/stats/{page}",
        files=FileNames(
            described=f"links under the heading 'Dashboard Dataset' to files named like {example}",
            resembling=resembling,
            edition=cbp_edition_reader(file_name),
        ),
        file_type=FileType.CSV,
        bytes_between=(1_000, largest),
        headline=headline,
        # November 2020 and June 2018 were restated by 3 to 8 percent, all else by less than 3.
        restatements=Restatements(of_headline=0.10, of_part=0.25, few=25),
        asked_at=AskingTimes(days_of_week="mon-fri", hours="15,21"),
        paced_by=paced_by,
    )


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
