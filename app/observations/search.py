"""Finding series by the words of their names, in every language of the service."""

import re
import unicodedata
from functools import lru_cache

from app.languages import LANGUAGES, words
from app.observations import store
from app.observations.tables import SeriesRow
from app.storage.database import Session

_REMEMBERED = 20_000


def matches_search(series: SeriesRow, search: str) -> bool:
    """Whether every word that is looked for begins a word of the series' key, title, border, or
    kind in one of the languages, whatever its case and accents."""
    known = _words_of(series.key, series.title, series.border, series.dimension)
    return all(f" {word}" in known for word in split_words(search))


def find_keys(session: Session, search: str | None) -> set[str] | None:
    """The keys of the series that a search finds; None if nothing is looked for."""
    if not search:
        return None
    return {series.key for series in store.all_series(session) if matches_search(series, search)}


def split_words(text: str) -> list[str]:
    """The words of a text in lower case and without accents."""
    plain = unicodedata.normalize("NFKD", text)
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.findall(r"\w+", letters.casefold())


@lru_cache(_REMEMBERED)
def _words_of(key: str, title: str, border: str, dimension: str) -> str:
    """All words that a series is found by, a space before each."""
    texts = [key, title]
    for language in LANGUAGES:
        in_words = words(language)
        texts += [
            in_words.name("series", key, ""),
            in_words.name("border", border, border),
            in_words.name("dimension", dimension, dimension),
        ]
    return " " + " ".join(word for text in texts for word in split_words(text))
