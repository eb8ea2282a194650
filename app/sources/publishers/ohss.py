"""Office of Homeland Security Statistics: monthly tables on enforcement and legal processes.

`2025_0116_ohss_immigration-enforcement-and-legal-processes-tables-november-2024.xlsx` was made on
16 January 2025 and holds figures through November 2024. Some names begin `24-1011_ohss`, and some
end in `_2`.
"""

import re

from app.sources.month_names import month_number
from app.sources.publisher import AskingTimes, Edition, FileNames, FileType, Publisher, Restatements
from forecasting import Month

_NAME = re.compile(
    r"(?:(?P<made>\d{2,4}[_-]?\d{4})_)?ohss_[a-z_-]*tables-(?P<month>[a-z]+)-(?P<year>20\d\d)"
    r"(?:_(?P<copy>\d+))?\.xlsx"
)


def edition(path: str) -> Edition | None:
    """The month that a file's name ends with; of several for one month, the one made last."""
    found = _NAME.fullmatch(path.rpartition("/")[2].lower())
    month = month_number(found["month"]) if found else None
    if found is None or month is None:
        return None
    newest = Month.of(int(found["year"]), month)
    made = re.sub(r"\D", "", found["made"] or "")
    day = int(made if len(made) == len("20250116") else f"20{made}") if made else 0
    return Edition(str(newest), newest, (day, int(found["copy"]) + 1 if found["copy"] else 0))


PUBLISHER = Publisher(
    name="ohss",
    source="ohss",
    title="Office of Homeland Security Statistics, monthly tables",
    page="https://ohss.dhs.gov/topics/immigration/enforcement/legal-processes-monthly-tables",
    files=FileNames(
        described="links to files named like 2025_0116_ohss_immigration-enforcement-and-legal-"
        "processes-tables-november-2024.xlsx",
        resembling=re.compile(r"legal-processes-tables[^/]*\.xlsx$", re.IGNORECASE),
        edition=edition,
    ),
    file_type=FileType.XLSX,
    bytes_between=(2_000, 32 << 20),  # 0.7 to 1.2 megabytes in 2024 and 2025
    headline="ofo.southwest",
    # Restated by at most half a percent in the editions of 2024; small figures are rounded to ten.
    restatements=Restatements(of_headline=0.10, of_part=0.25, few=50),
    asked_at=AskingTimes(days_of_week="tue", hours="16"),
    month_first=True,
)
