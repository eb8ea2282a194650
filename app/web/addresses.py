"""Addresses that every page of the site has."""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar, Generic, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel

Q = TypeVar("Q", bound=BaseModel)


class SiteAddresses(Generic[Q]):
    """Addresses within the service, and of variants of the page that a visitor looks at."""

    PATH: ClassVar[str]

    def __init__(
        self,
        query: Q,
        language: str,
        root: str,
        host: str,
        *,
        came: Mapping[str, str] | None = None,
    ) -> None:
        """`came`: the parameters as received, if the page cannot show what they ask for."""
        self._query = query
        self._language = language
        self._root = root
        self._host = host
        self._came = came

    @property
    def asked(self) -> Q:
        return self._query

    def given(self, **changes: object) -> dict[str, str]:
        """The parameters of this page with some of them changed, without defaults."""
        asked = self._query.model_dump() | changes
        usual = type(self._query)()
        return {
            name: as_text(value)
            for name, value in asked.items()
            if value is not None and value != getattr(usual, name)
        }

    def page(self, **changes: object) -> str:
        """This page with some parameters changed."""
        return self.address(self.PATH, dict(self.given(**changes)))

    def in_language(self, language: str) -> str:
        """This page in a language, even if it can show only an error."""
        if self._came is None:
            return self.page(lang=language)
        return self.address(self.PATH, {**self._came, "lang": language})

    @property
    def _chosen(self) -> str | None:
        """The language that the address of the page names, if it names one."""
        return self.given().get("lang")

    def home(self) -> str:
        """All series at a glance."""
        return self.address("/", {"lang": self._chosen})

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
