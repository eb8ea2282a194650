"""What a caller accepts: the values of an `Accept` or `Accept-Language` header by preference.

A parser of our own, after RFC 9110, 12.4.2 and 12.5. The small libraries for it have had no release
for a year or misread `text/csv; q=0`; the maintained ones come with a whole web framework.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

_ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')  # what stands between commas outside quotes
_WEIGHT = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")


@dataclass(frozen=True, slots=True)
class Preference:
    """A value that a caller names, in lower case, and its weight from 0 (not acceptable) to 1."""

    value: str
    weight: float

    def matches(self, media_type: str) -> bool:
        kind = media_type.partition("/")[0]
        return self.value in (media_type, f"{kind}/*", "*/*")

    @property
    def precision(self) -> int:
        """How precisely the value names a media type: `*/*` least, `text/csv` most."""
        return 2 - self.value.count("*")


NOTHING = Preference("", 0)


def parse_preferences(header: str) -> list[Preference]:
    """The values of a header in its order; a value whose weight is malformed is left out."""
    found = (_parse_element(element) for element in _ELEMENT.findall(header))
    return [preference for preference in found if preference is not None]


def order_by_preference(header: str) -> list[str]:
    """The acceptable values of a header, best first."""
    acceptable = (preference for preference in parse_preferences(header) if preference.weight > 0)
    return [preference.value for preference in sorted(acceptable, key=lambda each: -each.weight)]


@lru_cache(100)  # callers send few different headers
def choose_media_type(header: str, offers: tuple[str, ...]) -> str:
    """The offer with the highest weight.

    If weights are equal, it is the offer that the header names first. If the header accepts no
    offer or does not tell them apart, it is the first offer: an answer in another form is of more
    use than none (RFC 9110, 12.5.1).
    """
    preferences = parse_preferences(header)
    return max(offers, key=lambda offer: _rank(offer, preferences))


def _rank(offer: str, preferences: Sequence[Preference]) -> tuple[float, int]:
    """The weight of an offer and, negated, its place in the header.

    The most precise value decides.
    """
    matching = [(each, place) for place, each in enumerate(preferences) if each.matches(offer)]
    decisive, place = max(matching, key=lambda match: match[0].precision, default=(NOTHING, 0))
    return decisive.weight, -place if decisive.weight > 0 else -len(preferences)


def _parse_element(element: str) -> Preference | None:
    value, *parameters = (part.strip().lower() for part in element.split(";"))
    weight = _find_weight(parameters)
    return Preference(value, float(weight)) if value and _WEIGHT.fullmatch(weight) else None


def _find_weight(parameters: Iterable[str]) -> str:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return value.strip()
    return "1"
