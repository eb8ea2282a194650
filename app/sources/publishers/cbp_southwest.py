"""U.S. Customs and Border Protection: encounters at the southwest land border."""

import re

from app.sources.cbp_files import cbp_publisher

PUBLISHER = cbp_publisher(
    "cbp-southwest",
    title="southwest land border encounters",
    page="southwest-land-border-encounters",
    file_name=re.compile(
        r"sbo-encounters-fy\d\d-fy(?P<year>\d\d)(?:-(?P<month>[a-z]{3,9}))?"
        r"(?:_(?P<copy>\d+))?\.csv"
    ),
    resembling=re.compile(r"sbo-encounters[^/]*\.csv$", re.IGNORECASE),
    example="sbo-encounters-fy23-fy26-apr.csv",
    largest=16 << 20,  # 150 to 200 kilobytes from 2022 to 2026
    headline="usbp.southwest",
)
