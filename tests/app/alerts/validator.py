"""A validator of Atom documents: the RELAX NG of RFC 4287."""

from pathlib import Path

from lxml import etree

_GRAMMAR = etree.RelaxNG(file=str(Path(__file__).with_name("atom.rng")))


class InvalidFeed(AssertionError):
    """A document that is no feed of Atom."""


def require_grammar(document: bytes) -> None:
    """Raise InvalidFeed, with the line and what was expected, unless a document is a feed."""
    try:
        _GRAMMAR.assertValid(etree.fromstring(document))
    except etree.DocumentInvalid as error:
        raise InvalidFeed(str(error)) from error
