"""U.S. Customs and Border Protection: encounters at the southwest land border."""

import re

from app.sources.cbp_names import cbp_edition_reader
from app.sources.publisher import AskingTimes, FileNames, FileType, Publisher, Restatements

_NAME = re.compile(
    r"sbo-encounters-fy\d\d-fy(?P<year>\d\d)(?:-(?P<month>[a-z]{3,9}))?(?:_(?P<copy>\d+))?\.csv"
)

PUBLISHER = Publisher(
    name="cbp-southwest",
    source="cbp",
    title="U.S. Customs and Border Protection, southwest land border encounters",
    page="https://www.cbp.gov/document/stats/southwest-land-border-encounters",
    files=FileNames(
        described="links under the heading 'Dashboard Dataset' to files named like "
        "sbo-encounters-fy23-fy26-apr.csv",
        resembling=re.compile(r"sbo-encounters[^/]*\.csv$", re.IGNORECASE),
        edition=cbp_edition_reader(_NAME),
    ),
    file_type=FileType.CSV,
    bytes_between=(1_000, 16 << 20),  # 150 to 200 kilobytes from 2022 to 2026
    headline="usbp.southwest",
    # November 2020 and June 2018 were restated by 3 to 8 percent, all else by less than 3.
    restatements=Restatements(of_headline=0.10, of_part=0.25, few=25),
    asked_at=AskingTimes(days_of_week="mon-fri", hours="15,21"),
)
