"""Figures as SDMX-CSV 2.1, the table of the Statistical Data and Metadata Exchange standard."""

from collections.abc import Iterable

from app.http.answers import Table
from app.observations.queries import History

MEDIA_TYPE = "application/vnd.sdmx.data+csv; version=2.1.0"
DATAFLOW = "BORDERCAST:ENCOUNTERS(1.0)"
COLUMNS = (
    "STRUCTURE",
    "STRUCTURE_ID",
    "ACTION",
    "FREQ",
    "SERIES",
    "TIME_PERIOD",
    "OBS_VALUE",
    "OBS_STATUS",
    "UNIT_MEASURE",
    "QUALIFIER",
    "SOURCE",
    "PUBLISHED_ON",
)
_INFORMATION, _MONTHLY = "I", "M"
_MISSING = "NaN"  # a measure that is missing on purpose; an empty cell would be one left out


def sdmx_table(histories: Iterable[History]) -> Table:
    """One row a figure, its key in the dimensions FREQ, SERIES, and TIME_PERIOD."""
    return COLUMNS, (
        (
            "dataflow",
            DATAFLOW,
            _INFORMATION,
            _MONTHLY,
            history.series.key,
            figure.period,
            _MISSING if figure.value is None else figure.value,
            figure.status,
            history.series.unit,
            figure.qualifier,
            figure.source,
            figure.published_on,
        )
        for history in histories
        for figure in history.observations
    )
