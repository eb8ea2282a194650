"""Who publishes figures: on what terms, for which border, when their years begin, and when figures
are final."""

from collections.abc import Mapping
from dataclasses import dataclass

PUBLIC_DOMAIN = "Work of the US government, public domain"
OPEN_GOVERNMENT = "Open Government Licence v3.0"
NAME_SOURCE = "Reuse with the source named"


@dataclass(frozen=True, slots=True)
class Publisher:
    """An official source.

    border: whose border its figures are of, a key of `BORDERS`
    year_start: month in which its years begin, 1 to 12
    rounding_unit: the step to which it rounds every figure
    months_to_final: months after which a figure is final; None if it is once its year has ended
    """

    source: str
    name: str
    border: str
    license: str
    url: str
    year_start: int
    rounding_unit: int = 1
    months_to_final: int | None = None


@dataclass(frozen=True, slots=True)
class Border:
    """A border: the first words of its series' keys, and the month in which its years begin."""

    components: tuple[str, ...]
    year_start: int


PUBLISHERS: Mapping[str, Publisher] = {
    publisher.source: publisher
    for publisher in (
        Publisher(
            "cbp",
            "U.S. Customs and Border Protection",
            "us",
            PUBLIC_DOMAIN,
            "https://www.cbp.gov/newsroom/stats",
            year_start=10,
        ),
        Publisher(
            "ohss",
            "Office of Homeland Security Statistics",
            "us",
            PUBLIC_DOMAIN,
            "https://ohss.dhs.gov/topics/immigration/enforcement/legal-processes-monthly-tables",
            year_start=10,
            rounding_unit=10,
        ),
        Publisher(
            "frontex",
            "Frontex, the European Border and Coast Guard Agency",
            "eu",
            NAME_SOURCE,
            "https://www.frontex.europa.eu/what-we-do/monitoring-and-risk-analysis/migratory-map/",
            year_start=1,
            months_to_final=12,  # its newest months rise for months
        ),
        Publisher(
            "home-office",
            "UK Home Office",
            "uk",
            OPEN_GOVERNMENT,
            "https://www.gov.uk/government/publications/"
            "migrants-detected-crossing-the-english-channel-in-small-boats",
            year_start=1,
        ),
        Publisher(
            "segob",
            "Secretaría de Gobernación, Unidad de Política Migratoria (Mexico)",
            "mexico",
            NAME_SOURCE,
            "https://portales.segob.gob.mx/es/PoliticaMigratoria/Boletines_Estadisticos",
            year_start=1,
        ),
        Publisher(
            "snm",
            "Servicio Nacional de Migración (Panama)",
            "panama",
            NAME_SOURCE,
            "https://www.migracion.gob.pa/",
            year_start=1,
        ),
    )
}
OFFICIAL_SOURCES = tuple(PUBLISHERS)

BORDERS: Mapping[str, Border] = {
    "us": Border(("cbp", "usbp", "ofo"), year_start=10),
    "eu": Border(("frontex",), year_start=1),
    "uk": Border(("uk",), year_start=1),
    "mexico": Border(("mexico",), year_start=1),
    "panama": Border(("panama",), year_start=1),
    "other": Border((), year_start=1),
}
"""The borders in the order in which they are listed; `other` is of series that belong to none."""
OTHER = "other"
UNKNOWN_ROUNDING = 1


def border_of_key(key: str) -> str:
    """The border of a series by the first word of its key."""
    component = key.partition(".")[0]
    return next((name for name, border in BORDERS.items() if component in border.components), OTHER)


def rounding_unit_of(source: str) -> int:
    """The step to which a source rounds every figure, 1 for none and for sources that are not
    official."""
    publisher = PUBLISHERS.get(source)
    return UNKNOWN_ROUNDING if publisher is None else publisher.rounding_unit
