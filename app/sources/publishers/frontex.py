"""Frontex: monthly detections of illegal border crossing.

`Monthly_detections_of_IBC_2026_09_02.xlsx` is named for the day of the state of its figures, which
go through the month before or the one before that. Some names have the day without separators:
`20220204`.
"""

import re
from datetime import date

from app.sources.publisher import AskingTimes, Edition, FileNames, FileType, Publisher, Restatements

_NAME = re.compile(
    r"monthly_detections_of_ibc_(?P<year>20\d\d)_?(?P<month>\d\d)_?(?P<day>\d\d)(?:_(?P<copy>\d+))?\.xlsx"
)


def edition(path: str) -> Edition | None:
    """The day in a file's name."""
    found = _NAME.fullmatch(path.rpartition("/")[2].lower())
    if found is None:
        return None
    try:
        day = date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
    return Edition(day.isoformat(), version=(int(found["copy"]) + 1 if found["copy"] else 0,))


PUBLISHER = Publisher(
    name="frontex",
    source="frontex",
    title="Frontex, monthly detections of illegal border crossing",
    page="https://www.frontex.europa.eu/what-we-do/monitoring-and-risk-analysis/migratory-map/",
    files=FileNames(
        described="links to files named like Monthly_detections_of_IBC_2026_09_02.xlsx",
        resembling=re.compile(r"detections[^/]*ibc[^/]*\.xlsx$", re.IGNORECASE),
        edition=edition,
    ),
    file_type=FileType.XLSX,
    bytes_between=(2_000, 32 << 20),  # 1.5 megabytes in 2025 and 2026
    headline="frontex",
    # Between the editions of January 2024 and February 2025 the total moved by up to 19 percent,
    # and one route's months of 2021 to more than three times of what they were.
    restatements=Restatements(of_headline=0.30, of_part=3.0, few=50),
    asked_at=AskingTimes(days_of_week="mon-fri", hours="11"),
)
