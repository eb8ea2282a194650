"""Words, numbers, months and days in one language, from its catalogue."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from forecasting import Month

LANGUAGES = ("en", "es")
DEFAULT = "en"
# Of a rounded number; one more if it begins with 1, so that the error is 5 % at most.
FEW_DIGITS, MORE_DIGITS = 2, 3


class Words:
    """Everything that is said in one language."""

    def __init__(self, language: str, catalog: Mapping[str, Any]) -> None:
        self.language = language
        self._catalog = catalog
        self._texts = _flat(catalog)

    def __call__(self, key: str, **values: object) -> str:
        """A text as it is, or with values put in their places. Raises KeyError for an unknown
        key."""
        text = self._texts[key]
        return text.format(**values) if values else text

    def html(self, key: str, **values: object) -> Markup:
        """The same for a page; values that are no markup yet are escaped."""
        return Markup(self._texts[key]).format(**values)

    def counted(self, key: str, count: int, **values: object) -> str:
        """A text that depends on whether there is one of something or another number."""
        form = "one" if count == 1 else "other"
        return self(f"{key}.{form}", count=self.number(count), **values)

    def name(self, kind: str, key: str, otherwise: str) -> str:
        """The name of something that the store knows by a key, or what it is called there."""
        names: Mapping[str, str] = self._catalog.get(kind, {})
        return names.get(key, otherwise)

    def number(self, value: int) -> str:
        return f"{value:,}".replace(",", self("locale.thousands"))

    def rounded(self, value: int) -> str:
        """A number as a newspaper prints it: 130,400 is 130,000 and 6,109 is 6,100."""
        digits = len(str(abs(value)))
        kept = MORE_DIGITS if str(abs(value)).startswith("1") else FEW_DIGITS
        return self.number(round(value, min(0, kept - digits)))

    def decimal(self, value: float, *, digits: int = 1) -> str:
        return f"{value:.{digits}f}".replace(".", self("locale.decimal"))

    def percent(self, value: float, *, digits: int = 0, signed: bool = False) -> str:
        text = f"{value:+.{digits}f}" if signed else f"{value:.{digits}f}"
        if float(text) == 0:
            text = text.lstrip("+-")
        text = text.replace("-", "−").replace(".", self("locale.decimal"))
        return self("locale.percent", number=text)

    def month(self, month: Month) -> str:
        return self("locale.month", name=self._month_name(month.month), year=month.year)

    def short_month(self, month: Month) -> str:
        return self(
            "locale.month_short",
            name=self._catalog["months"]["short"][month.month - 1],
            year=month.year,
        )

    def day(self, day: date) -> str:
        return self("locale.day", day=day.day, name=self._month_name(day.month), year=day.year)

    def listed(self, items: list[str]) -> str:
        """`a, b and c`."""
        *before, last = items
        return f"{', '.join(before)} {self('locale.and')} {last}" if before else last

    def vega_locale(self) -> dict[str, Any]:
        """Numbers and dates in charts: a Vega configuration's `locale`."""
        months = self._catalog["months"]
        days = self._catalog["days"]
        return {
            "number": {
                "decimal": self("locale.decimal"),
                "thousands": self("locale.thousands"),
                "grouping": [3],
                "currency": ["$", ""],
            },
            "time": {
                "dateTime": "%x, %X",
                "date": "%Y-%m-%d",
                "time": "%H:%M:%S",
                "periods": ["AM", "PM"],
                "days": days["long"],
                "shortDays": days["short"],
                "months": months["long"],
                "shortMonths": months["short"],
            },
        }

    def _month_name(self, month: int) -> str:
        name: str = self._catalog["months"]["long"][month - 1]
        return name


@cache
def words(language: str) -> Words:
    """The words of a language."""
    path = Path(__file__).with_name(f"{language}.toml")
    return Words(language, tomllib.loads(path.read_text(encoding="utf-8")))


def preferred(accept_language: str) -> str:
    """The language of ours that a browser's `Accept-Language` likes best."""
    wishes = []
    for place, part in enumerate(accept_language.split(",")):
        tag, _, quality = part.strip().partition(";q=")
        language = tag.split("-")[0].strip().lower()
        try:
            liking = float(quality or 1)
        except ValueError:
            continue
        if language in LANGUAGES and liking > 0:
            wishes.append((-liking, place, language))
    return min(wishes)[2] if wishes else DEFAULT


def _flat(catalog: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Texts by their keys with dots."""
    texts: dict[str, str] = {}
    for name, value in catalog.items():
        if isinstance(value, Mapping):
            texts |= _flat(value, f"{prefix}{name}.")
        elif isinstance(value, str):
            texts[f"{prefix}{name}"] = value
    return texts
