"""Keys of the series that files make, by one rule.

A key is `component[.region][.part]`, its names joined by dots.

    component  usbp (Border Patrol), ofo (Office of Field Operations), cbp (both together)
    region     southwest, northern, and what is neither: coastal for usbp, other for ofo and cbp;
               left out for the whole nation
    part       left out for the total, else one of
               family status    single-adults, family-units, unaccompanied-children,
                                accompanied-minors
               title            title-8, title-42
               citizenship      citizenship.<country>
               state            state.<state>
               sector           <sector>, only with a region; for ofo the field office

A name is the publisher's word in lower case, every run of other characters than letters and digits
a hyphen: `usbp.southwest.rio-grande-valley`, `usbp.citizenship.el-salvador`,
`ofo.southwest.laredo`, `cbp.state.new-mexico`. Names that differ between publishers and years have
one spelling, in vocabulary.py.

A part's parent is the same key without the part; a region's is its component, but `ofo.southwest`
belongs to `cbp.southwest`, as the two components of that border are reported side by side.
Components belong to cbp.
"""

from collections.abc import Container, Iterator
from typing import NamedTuple

from app.observations.observation import NewSeries

NATION = None
TITLES = ("title-8", "title-42")
FAMILY_STATUSES = ("single-adults", "family-units", "unaccompanied-children", "accompanied-minors")
ENDED_TITLE = "title-42"  # in force from March 2020 to May 2023

_COMPONENTS = {
    "usbp": "Border Patrol encounters",
    "ofo": "Office of Field Operations encounters",
    "cbp": "CBP encounters",
}
_REGIONS = {
    "southwest": "southwest border",
    "northern": "northern border",
    "coastal": "coastal sectors",
    "other": "away from the land borders",
}
_PREFIXED = ("citizenship", "state")  # dimensions whose name is part of the key


class Part(NamedTuple):
    """Part of a total: along which dimension, its name in keys, and in titles."""

    dimension: str
    slug: str
    title: str


class Cut(NamedTuple):
    """What one series counts."""

    component: str
    region: str | None = NATION
    part: Part | None = None

    @property
    def key(self) -> str:
        names = [self.component]
        if self.region is not None:
            names.append(self.region)
        if self.part is not None:
            if self.part.dimension in _PREFIXED:
                names.append(self.part.dimension)
            names.append(self.part.slug)
        return ".".join(names)

    @property
    def title(self) -> str:
        """Such as `Border Patrol encounters, southwest border, people in family units`."""
        words = [_COMPONENTS[self.component]]
        sector = (
            self.part is not None and self.part.dimension == "sector" and self.component == "usbp"
        )
        # a sector lies in one region, a field office in several
        if self.region is not None and not sector:
            words.append(_REGIONS[self.region])
        if self.part is not None:
            words.append(self.part.title)
        return ", ".join(words) if len(words) > 1 else f"{words[0]}, nationwide"

    @property
    def dimension(self) -> str:
        if self.part is not None:
            return self.part.dimension
        return "component" if self.region is None or self._beside_border_patrol else "region"

    @property
    def parent(self) -> "Cut | None":
        if self.part is not None:
            return Cut(self.component, self.region)
        if self.region is not None:
            return Cut("cbp", self.region) if self._beside_border_patrol else Cut(self.component)
        return Cut("cbp") if self.component != "cbp" else None

    @property
    def _beside_border_patrol(self) -> bool:
        """Whether it is the field offices' part of a border whose whole is a series."""
        return self.component == "ofo" and self.region == "southwest"

    @property
    def ended(self) -> bool:
        return self.part is not None and self.part.slug == ENDED_TITLE

    def ancestors(self) -> "Iterator[Cut]":
        """Parent, its parent, and so on."""
        above = self.parent
        while above is not None:
            yield above
            above = above.parent

    def series(self, present: Container[str]) -> NewSeries:
        """The series of this key, below its nearest ancestor among the `present` ones."""
        parent = next((above.key for above in self.ancestors() if above.key in present), None)
        return NewSeries(self.key, self.title, "encounters", parent, self.dimension, self.ended)


def region_of(component: str, region: str) -> str:
    """What is neither southwest nor northern are the coastal sectors of the Border Patrol, or
    other."""
    if region not in ("coastal", "other"):
        return region
    return "coastal" if component == "usbp" else "other"


class KeyParts(NamedTuple):
    """A key taken apart; `dimension` is None for a total."""

    component: str
    region: str | None
    dimension: str | None
    slug: str | None


def split(key: str) -> KeyParts | None:
    """Take a key apart, or None where it does not follow the rule."""
    component, *names = key.split(".")
    if component not in _COMPONENTS:
        return None
    region = names.pop(0) if names and names[0] in _REGIONS else None
    match names:
        case []:
            return KeyParts(component, region, None, None)
        case [slug] if dimension := _dimension(slug, region):
            return KeyParts(component, region, dimension, slug)
        case [dimension, slug] if dimension in _PREFIXED:
            return KeyParts(component, region, dimension, slug)
    return None


def _dimension(slug: str, region: str | None) -> str | None:
    if slug in FAMILY_STATUSES:
        return "family-status"
    if slug in TITLES:
        return "title"
    return "sector" if region is not None else None
