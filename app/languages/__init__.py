"""The languages that people are answered in: a catalog of texts for each, and Babel for the
rest."""

from app.languages.words import DEFAULT, LANGUAGES, Words, negotiate_language, words

__all__ = ["DEFAULT", "LANGUAGES", "Words", "negotiate_language", "words"]
