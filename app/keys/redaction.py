"""API keys in texts that are logged, such as in an address that somebody has put one into."""

import re
import string
from urllib.parse import quote, unquote

PREFIX = "bordercast_"  # of every key: tells people, and scanners for leaked secrets, what it is
_SECRET = re.compile(re.escape(PREFIX) + r"[A-Za-z0-9_-]+")
_WORD = re.compile(r"\S+")
_REDACTED = f"{PREFIX}***"


def redact_keys(text: str) -> str:
    """A text with its API keys blackened."""
    if "%" not in text:
        return _SECRET.sub(_REDACTED, text)
    return _WORD.sub(lambda word: _redact_word(word[0]), text)


def _redact_word(word: str) -> str:
    """An address may be written so that a key is not seen at once."""
    plain = unquote(word)
    if not _SECRET.search(plain):
        return word
    return quote(_SECRET.sub(_REDACTED, plain), safe=string.punctuation)
