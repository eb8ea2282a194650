"""U.S. Customs and Border Protection: nationwide encounters by area of responsibility."""

import re

from app.sources.cbp_files import cbp_publisher

PUBLISHER = cbp_publisher(
    "cbp",
    title="nationwide encounters by area of responsibility",
    page="nationwide-encounters",
    file_name=re.compile(
        r"nationwide-encounters-fy\d\d-fy(?P<year>\d\d)(?:-(?P<month>[a-z]{3,9}))?-aor"
        r"(?:_(?P<copy>\d+))?\.csv"
    ),
    resembling=re.compile(r"nationwide-encounters[^/]*aor[^/]*\.csv$", re.IGNORECASE),
    example="nationwide-encounters-fy23-fy26-aug-aor.csv",
    largest=64 << 20,  # five to eight megabytes from 2023 to 2026
    headline="usbp",
    paced_by="usbp.southwest",
)
