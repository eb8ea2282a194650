"""Columns of OHSS's monthly tables: which series each is, by its heading and its group's."""

from collections.abc import Callable, Mapping

from app.observations.observation import NewSeries
from app.observations.readers import vocabulary
from app.observations.readers.keys import NATION, Cut

Series = Cut | NewSeries
SeriesOf = Callable[[str, str], Series | None]

APPOINTMENTS = NewSeries(
    "cbp-one.appointments",
    "CBP One appointments, southwest border",
    "appointments",
    None,
    "covariate",
    border="us",
    covariate=True,
)
PAROLES = NewSeries(
    "chnv.paroles",
    "Paroles of Cubans, Haitians, Nicaraguans and Venezuelans",
    "paroles",
    None,
    "covariate",
    border="us",
    covariate=True,
)
_COMPONENTS = {"Total CBP": "cbp", "USBP": "usbp", "OFO": "ofo"}
_TOTALS = {"Total CBP": "cbp", "Total USBP": "usbp", "Total OFO": "ofo"}
_REGIONS = {"Total": NATION, "SW Land Border": "southwest", "Northern Land Border": "northern"}
_TOTAL = "Total"
_REST = "All other, including stateless and unknown"
_FAMILY_STATUSES = {
    "Unaccompanied Children/Single Minors": "Unaccompanied Children",
    "Accompanied Minors (OFO)": "Accompanied Minors",
}


def _by_region(group: str, heading: str) -> Series | None:
    """Regions of all encounters; the ones of enforcement and of administration are other counts."""
    if group != "Total CBP" or heading not in _REGIONS:
        return None
    return Cut("cbp", _REGIONS[heading])


def _by_area(group: str, heading: str) -> Series | None:
    """Sectors below USBP, field offices below OFO, each with its state: `Tucson, AZ`."""
    if heading in _TOTALS:
        return Cut(_TOTALS[heading], "southwest")
    component = _component(group)
    if component == "cbp":
        raise ValueError(heading)
    return Cut(
        component,
        "southwest",
        vocabulary.sector(heading) if component == "usbp" else vocabulary.field_office(heading),
    )


def _by_family_status(group: str, heading: str) -> Series | None:
    part = (
        None
        if heading == _TOTAL
        else vocabulary.family_status(_FAMILY_STATUSES.get(heading, heading))
    )
    return Cut(_component(group), "southwest", part)


def _by_component_and_citizenship(group: str, heading: str) -> Series | None:
    return _citizens(_component(group), "southwest", heading)


def _citizens(component: str, region: str | None, heading: str) -> Series | None:
    """None for citizens of other countries than those named."""
    if heading == _TOTAL:
        return Cut(component, region)
    part = None if heading == _REST else vocabulary.citizenship(heading)
    return None if part is None else Cut(component, region, part)


def _total(series: NewSeries) -> SeriesOf:
    return lambda _, heading: series if heading == _TOTAL else None


def _component(group: str) -> str:
    """Raises ValueError for a heading that is no component's."""
    try:
        return _COMPONENTS[group]
    except KeyError:
        raise ValueError(group) from None


SHEETS: Mapping[str, SeriesOf] = {
    "CBP Encounter by Type + Region": _by_region,
    "SWB Encounters by Citizenship": _by_component_and_citizenship,
    "SWB Encounters by Family Status": _by_family_status,
    "SWB Enc by Sector+Field Ofc": _by_area,
    "Nationwide USBP": lambda _, heading: _citizens("usbp", NATION, heading),
    "SWB USBP": lambda _, heading: _citizens("usbp", "southwest", heading),
    "CBP One Appointments": _total(APPOINTMENTS),
    "CHNV Paroles": _total(PAROLES),
}
