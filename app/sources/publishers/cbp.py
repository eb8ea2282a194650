"""U.S. Customs and Border Protection: nationwide encounters by area of responsibility."""

import re

from app.sources.cbp_names import cbp_edition_reader
from app.sources.publisher import AskingTimes, FileNames, FileType, Publisher, Restatements

_NAME = re.compile(
    r"nationwide-encounters-fy\d\d-fy(?P<year>\d\d)(?:-(?P<month>[a-z]{3,9}))?-aor(?:_(?P<copy>\d+))?\.csv"
)

PUBLISHER = Publisher(
    name="cbp",
    source="cbp",
    title="U.S. Customs and Border Protection, nationwide encounters by area of responsibility",
    page="https://www.cbp.gov/document/stats/nationwide-encounters",
    files=FileNames(
        described="links under the heading 'Dashboard Dataset' to files named like "
        "nationwide-encounters-fy23-fy26-aug-aor.csv",
        resembling=re.compile(r"nationwide-encounters[^/]*aor[^/]*\.csv$", re.IGNORECASE),
        edition=cbp_edition_reader(_NAME),
    ),
    file_type=FileType.CSV,
    bytes_between=(1_000, 64 << 20),  # five to eight megabytes from 2023 to 2026
    headline="usbp",
    # November 2020 and June 2018 were restated by 3 to 8 percent, all else by less than 3.
    restatements=Restatements(of_headline=0.10, of_part=0.25, few=25),
    asked_at=AskingTimes(days_of_week="mon-fri", hours="15,21"),
    paced_by="usbp.southwest",
)
