"""What CBP and OHSS call components, regions, parts, and months, in every spelling."""

import re
import unicodedata

from app.observations.readers.keys import FAMILY_STATUSES, TITLES, Part

Spellings = dict[str, str]

COMPONENTS: Spellings = {"u s border patrol": "usbp", "office of field operations": "ofo"}
REGIONS: Spellings = {
    "southwest land border": "southwest",
    "northern land border": "northern",
    "other": "other",
    "coastal border": "coastal",
}
_FAMILY_STATUSES: Spellings = {
    "single adults": "single-adults",
    "fmua": "family-units",
    "family unit individuals": "family-units",
    "uac": "unaccompanied-children",
    "uc single minors": "unaccompanied-children",
    "unaccompanied children": "unaccompanied-children",
    "accompanied minors": "accompanied-minors",
}
_FAMILY_TITLES = dict(
    zip(
        FAMILY_STATUSES,
        ("single adults", "people in family units", "unaccompanied children", "accompanied minors"),
        strict=True,
    )
)
_COUNTRIES: Spellings = {
    "china-people-s-republic": "china",
    "china-peoples-republic-of": "china",
    "korea-south": "korea",
    "myanmar-burma": "burma",
}
_REMAINDER = "other"
_LITTLE_WORDS = {"And", "Of", "The"}
# fmt: off
_STATES = {
    "AK": "Alaska", "AL": "Alabama", "AR": "Arkansas", "AZ": "Arizona", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DC": "District of Columbia", "DE": "Delaware",
    "FL": "Florida", "GA": "Georgia", "GU": "Guam",
    "HI": "Hawaii", "IA": "Iowa", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana",
    "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana", "MA": "Massachusetts", "MD": "Maryland",
    "ME": "Maine", "MI": "Michigan", "MN": "Minnesota", "MO": "Missouri",
    "MP": "Northern Mariana Islands", "MS": "Mississippi", "MT": "Montana",
    "NC": "North Carolina", "ND": "North Dakota", "NE": "Nebraska",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NV": "Nevada", "NY": "New York",
    "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "PR": "Puerto Rico",
    "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah",
    "VA": "Virginia", "VI": "Virgin Islands", "VT": "Vermont", "WA": "Washington",
    "WI": "Wisconsin", "WV": "West Virginia", "WY": "Wyoming",
}
# fmt: on
_STATE_CODES = {name.lower(): code for code, name in _STATES.items()}
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
MONTHS = {name: number for number, name in enumerate(_MONTHS, 1)} | {
    name[:3]: number for number, name in enumerate(_MONTHS, 1)
}


def fold(text: str) -> str:
    """Lower case, every run of characters other than letters and digits one space."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", " ", plain.lower()).strip()


def slug(text: str) -> str:
    """A name as it stands in keys. Raises ValueError where nothing is left of it."""
    name = fold(text).replace(" ", "-")
    if not name:
        raise ValueError(text)
    return name


def family_status(text: str) -> Part:
    """Raises ValueError for a group of people that no file has named so far."""
    name = _known(_FAMILY_STATUSES, text)
    return Part("family-status", name, _FAMILY_TITLES[name])


def legal_authority(text: str) -> Part:
    """Raises ValueError for any title but 8 and 42."""
    name = slug(text)
    if name not in TITLES:
        raise ValueError(text)
    return Part("title", name, f"under {name.replace('-', ' ').capitalize()}")


def citizenship(text: str) -> Part | None:
    """None for `Other`: the countries that a file does not name, other ones in every kind of
    file."""
    name = slug(text)
    if name == _REMAINDER:
        return None
    country = _COUNTRIES.get(name)
    shown = country.capitalize() if country else _capitalize(text)
    people = "people of unknown citizenship" if name == "unknown" else f"citizens of {shown}"
    return Part("citizenship", country or name, people)


def sector(text: str) -> Part:
    """A Border Patrol sector: `Tucson Sector` in CBP's files, `Tucson, AZ` in OHSS's."""
    name = re.sub(r"(?i)(\s+sector|,\s*[A-Z]{2})$", "", text.strip())
    return Part("sector", slug(name), f"{_capitalize(name)} sector")


def field_office(text: str) -> Part:
    """A field office, the Office of Field Operations' equal of a sector; named as sectors are."""
    name = re.sub(r"(?i)(\s+field office|,\s*[A-Z]{2})$", "", text.strip())
    return Part("sector", slug(name), f"{_capitalize(name)} field office")


def state(text: str) -> Part:
    """A state or territory by its postal code or its name. Raises ValueError for any other."""
    code = text.strip()
    code = _STATE_CODES.get(code.lower(), code.upper())
    if code not in _STATES:
        raise ValueError(text)
    return Part("state", slug(_STATES[code]), _STATES[code])


def component(text: str) -> str:
    return _known(COMPONENTS, text)


def region(text: str) -> str:
    return _known(REGIONS, text)


def _known(spellings: Spellings, text: str) -> str:
    try:
        return spellings[fold(text)]
    except KeyError:
        raise ValueError(text) from None


def _capitalize(text: str) -> str:
    """`EL SALVADOR` as `El Salvador`; what has small letters already stays as it is."""
    if not text.isupper():
        return text.strip()
    words = [word.capitalize() for word in text.split()]
    return " ".join(
        [words[0], *(word.lower() if word in _LITTLE_WORDS else word for word in words[1:])]
    )
