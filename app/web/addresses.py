"""Addresses that every page of the site has."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

OVERVIEW = "/overview"


class SiteAddresses:
    """Addresses within the service, in the language that a visitor has chosen."""

    def __init__(self, language: str, chosen: str | None, root: str, host: str) -> None:
        """`chosen`: the language that the address of the page names, if it names one."""
        self._language = language
        self._chosen = chosen
        self._root = root
        self._host = host

    def home(self) -> str:
        """The page of the first series."""
        return self.address("/", {"lang": self._chosen})

    def overview(self) -> str:
        """All series at a glance."""
        return self.address(OVERVIEW, {"lang": self._chosen})

    def series(self, key: str, **given: object) -> str:
        """The page of a series."""
        return self.address("/", {"series": key, **given, "lang": self._chosen})

    def address(self, path: str, given: Mapping[str, object]) -> str:
        """An address of this service; parameters without a value are left out."""
        texts = {name: as_text(value) for name, value in given.items() if value is not None}
        return f"{self._root}{path}?{urlencode(texts)}" if texts else f"{self._root}{path}"

    def local(self, path: str) -> str:
        return f"{self._root}{path}"

    def absolute(self, address: str) -> str:
        return f"{self._host}{address}"


def as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
