"""The rule of what is current, written again as plainly as possible, to check the store."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

OFFICIAL = ("cbp", "ohss", "frontex", "home-office", "segob", "snm")  # the more exact first

SECTORS = {
    "usbp.southwest": {
        "big-bend",
        "del-rio",
        "el-centro",
        "el-paso",
        "laredo",
        "rio-grande-valley",
        "san-diego",
        "tucson",
        "yuma",
    },
    "usbp.northern": {
        "blaine",
        "buffalo",
        "detroit",
        "grand-forks",
        "havre",
        "houlton",
        "livermore",
        "spokane",
        "swanton",
    },
    "usbp.coastal": {"miami", "new-orleans", "ramey"},
}
"""The sectors of the Border Patrol since FY2000, Livermore among them, which closed in December
2004."""


@dataclass(frozen=True)
class Version:
    """One published figure for one month."""

    period: str
    value: int | None
    source: str
    qualifier: str
    rounding_unit: int
    published_on: date
    release: int  # counts up in the order of recording


def last_word(versions: Iterable[Version]) -> Version | None:
    """What one source says in the end: the newest, unless a vague figure adds nothing."""
    word: Version | None = None
    for new in sorted(versions, key=lambda v: (v.published_on, v.qualifier == "exact", v.release)):
        if (
            word is not None
            and new.qualifier != "exact"
            and word.value is not None
            and new.value is not None
        ):
            finer = word.qualifier == "exact" or word.rounding_unit < new.rounding_unit
            too_low = word.value < new.value - new.rounding_unit and new.qualifier != "less_than"
            too_high = word.value > new.value + new.rounding_unit and new.qualifier != "more_than"
            if finer and not too_low and not too_high:
                continue
        word = new
    return word


def value_as_of(versions: Iterable[Version], day: date) -> int | None:
    """The current value of one month at the end of a day."""
    known = [version for version in versions if version.published_on <= day]
    publishers = [last_word(v for v in known if v.source == source) for source in OFFICIAL]
    press = last_word(v for v in known if v.source not in OFFICIAL)
    official = [word for word in publishers if word and word.value is not None]
    exact = [word for word in official if word.qualifier == "exact"]
    for words in (exact, official, [press] if press else []):
        if words:
            return words[0].value
    return None


def history_as_of(versions: Iterable[Version], day: date) -> dict[str, int | None]:
    """The current value of every month of which something was known."""
    by_period: dict[str, list[Version]] = {}
    for version in versions:
        if version.published_on <= day:
            by_period.setdefault(version.period, []).append(version)
    return {period: value_as_of(by_period[period], day) for period in sorted(by_period)}
