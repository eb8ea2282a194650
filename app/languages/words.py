"""One language: its texts from a catalog; numbers, dates, plurals, and lists from Babel's locale
data."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale, negotiate_locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal
from markupsafe import Markup

from forecasting import Month

LANGUAGES = ("en", "es")
DEFAULT = "en"
# Of a rounded number; one more if it begins with 1, so that the error is 5 % at most.
FEW_DIGITS, MORE_DIGITS = 2, 3
MINUS = "\N{MINUS SIGN}"  # as wide as a plus sign, unlike the hyphen of the locale data


class Words:
    """The texts of one language, and how it writes numbers, dates, and lists."""

    def __init__(self, language: str, catalog: Mapping[str, Any]) -> None:
        self.language = language
        self._catalog = catalog
        self._texts = _flatten(catalog)
        self._locale = Locale.parse(catalog["locale"]["babel"])

    def __call__(self, key: str, **values: object) -> str:
        """A text, with the values filled in. Raises KeyError for an unknown key."""
        text = self._texts[key]
        return text.format(**values) if values else text

    def html(self, key: str, **values: object) -> Markup:
        """The same for a page; values that are not markup are escaped."""
        return Markup(self._texts[key]).format(**values)

    def plural(self, key: str, count: int, **values: object) -> str:
        """A text in the plural form that the count needs, or in the form `other`."""
        form = f"{key}.{self._locale.plural_form(count)}"
        chosen = form if form in self._texts else f"{key}.other"
        return self(chosen, count=self.number(count), **values)

    def name(self, kind: str, key: str, otherwise: str) -> str:
        """The name that this language has for something, or `otherwise`."""
        names: Mapping[str, str] = self._catalog.get(kind, {})
        return names.get(key, otherwise)

    def number(self, value: int) -> str:
        return _format_number(value, self._locale)

    def rounded(self, value: int) -> str:
        """A number as a newspaper prints it: 130,400 is 130,000 and 6,109 is 6,100."""
        digits = len(str(abs(value)))
        kept = MORE_DIGITS if str(abs(value)).startswith("1") else FEW_DIGITS
        return self.number(round(value, min(0, kept - digits)))

    def decimal(self, value: float, *, digits: int = 1, signed: bool = False) -> str:
        """A number with so many decimals; zero has no sign."""
        shown = round(value, digits)
        pattern = "#,##0." + "0" * digits if digits else "#,##0"
        plus = "+" if signed and shown else ""
        return format_decimal(
            shown or 0, format=f"{plus}{pattern};{MINUS}{pattern}", locale=self._locale
        )

    def percent(self, value: float, *, digits: int = 0, signed: bool = False) -> str:
        return self("locale.percent", number=self.decimal(value, digits=digits, signed=signed))

    def month(self, month: Month, *, beside: Month | None = None) -> str:
        """`September 2025`, or `September` beside a month of the same year."""
        if beside is not None and beside.year == month.year:
            return format_date(month.first_day, "LLLL", locale=self._locale)
        return _format_month(month, self._locale)

    def day(self, day: date) -> str:
        """`Sept. 19, 2025`: the locale's long form, its month abbreviated if the catalog says
        so."""
        text = format_date(day, "long", locale=self._locale)
        month = format_date(day, "MMMM", locale=self._locale)
        return text.replace(month, self.name("month_in_dates", month, month))

    def join(self, items: Iterable[str]) -> str:
        """`a, b, and c`."""
        return format_list(list(items), locale=self._locale)

    def vega_locale(self) -> dict[str, Any]:
        """Numbers and dates in charts: a Vega configuration's `locale`."""
        symbols = self._locale.number_symbols["latn"]
        months, days = self._locale.months["format"], self._locale.days["format"]
        return {
            "number": {
                "decimal": symbols["decimal"],
                "thousands": symbols["group"],
                "grouping": [3],
                "currency": ["$", ""],
            },
            "time": {
                "dateTime": "%x, %X",
                "date": "%Y-%m-%d",
                "time": "%H:%M:%S",
                "periods": ["AM", "PM"],
                "days": _from_sunday(days["wide"]),
                "shortDays": _from_sunday(days["abbreviated"]),
                "months": [months["wide"][month] for month in range(1, 13)],
                "shortMonths": [months["abbreviated"][month] for month in range(1, 13)],
            },
        }


@cache
def words(language: str) -> Words:
    """The words of a language."""
    path = Path(__file__).with_name(f"{language}.toml")
    return Words(language, tomllib.loads(path.read_text(encoding="utf-8")))


def negotiate_language(preferred: Sequence[str]) -> str:
    """The first of the preferred language tags that there is a catalog for, or English."""
    return negotiate_locale([tag.lower() for tag in preferred], LANGUAGES, sep="-") or DEFAULT


def _from_sunday(days: Mapping[int, str]) -> list[str]:
    """Names of days as Vega orders them; Babel's weeks start on Monday."""
    return [days[(place + 6) % 7] for place in range(7)]


def _flatten(catalog: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Texts by their keys with dots."""
    texts: dict[str, str] = {}
    for name, value in catalog.items():
        if isinstance(value, Mapping):
            texts |= _flatten(value, f"{prefix}{name}.")
        else:
            texts[f"{prefix}{name}"] = value
    return texts


# a page has hundreds of numbers and months, and mostly those of the page before it
@lru_cache(20_000, typed=True)
def _format_number(value: int, locale: Locale) -> str:
    return format_decimal(value, locale=locale)


@lru_cache(5_000)
def _format_month(month: Month, locale: Locale) -> str:
    return format_skeleton("yMMMM", month.first_day, locale=locale)
