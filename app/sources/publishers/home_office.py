"""UK Home Office: people who arrived in small boats.

`21_August_2026_Small_boats_-_time_series.ods` is named for the day of its publication, mostly a
Friday. Its last month is partial, except when the month has just ended.
"""

import re
from datetime import date

from app.sources.month_names import month_number
from app.sources.publisher import AskingTimes, Edition, FileNames, FileType, Publisher, Restatements

_NAME = re.compile(
    r"(?P<day>\d{1,2})[_-](?P<month>[a-z]+)[_-](?P<year>20\d\d)[_-]+small[_-]boats[_-]+time[_-]series"
    r"(?:[_-](?P<copy>\d+))?\.ods"
)


def edition(path: str) -> Edition | None:
    """The day in a file's name."""
    found = _NAME.fullmatch(path.rpartition("/")[2].lower())
    month = month_number(found["month"]) if found else None
    if found is None or month is None:
        return None
    try:
        day = date(int(found["year"]), month, int(found["day"]))
    except ValueError:
        return None
    return Edition(day.isoformat(), version=(int(found["copy"]) + 1 if found["copy"] else 0,))


PUBLISHER = Publisher(
    name="home-office",
    source="home-office",
    title="UK Home Office, small boats time series",
    page="https://www.gov.uk/government/publications/"
    "migrants-detected-crossing-the-english-channel-in-small-boats",
    files=FileNames(
        described="a link to a file named like 21_August_2026_Small_boats_-_time_series.ods",
        resembling=re.compile(r"small[^/]*boats[^/]*time[^/]*series[^/]*\.ods$", re.IGNORECASE),
        edition=edition,
    ),
    file_type=FileType.ODS,
    bytes_between=(1_000, 16 << 20),  # 75 kilobytes in 2026
    headline="uk.small-boats",
    # Whole months were hardly revised in 34 editions of 2025 and 2026.
    restatements=Restatements(of_headline=0.10, of_part=0.10, few=50),
    asked_at=AskingTimes(days_of_week="thu-sat", hours="12"),
)
