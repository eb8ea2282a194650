"""The languages that people are answered in: one catalogue of words each, numbers and months by
locale."""

from app.languages.words import DEFAULT, LANGUAGES, Words, preferred, words

__all__ = ["DEFAULT", "LANGUAGES", "Words", "preferred", "words"]
