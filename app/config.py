"""Settings, read once at start from `BORDERCAST_*` environment variables."""

import os
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path

from limits import parse
from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict


class LogFormat(StrEnum):
    """How the log is written."""

    CONSOLE = "console"
    JSON = "json"


class Settings(BaseSettings):
    """What an operator can vary; every field is the environment variable `BORDERCAST_<FIELD>`."""

    model_config = SettingsConfigDict(
        env_prefix="BORDERCAST_",
        # BORDERCAST_SOURCE_HOME_OFFICE is the entry home_office of `source`
        env_nested_delimiter="_",
        env_nested_max_split=1,
        frozen=True,
    )

    database_url: str = Field(
        default="sqlite:///var/bordercast.db",
        description="Where the store is: sqlite:///path/to/file.db or "
        "postgresql://user:password@host/name.",
    )
    workers: int = Field(
        default=2 * (os.cpu_count() or 2),
        ge=1,
        description="Largest number of processes that fit forecasts. It may exceed the cores, "
        "so that requests need not wait.",
    )
    executor: str = Field(
        default="processes",
        pattern=r"^(processes|dask://[^/\s]+:\d+)$",
        description="Where forecasts are computed: processes (on this machine), or "
        "dask://host:port (the scheduler of a Dask cluster).",
    )
    largest_body_mb: int = Field(default=64, ge=1, description="Largest request body in megabytes.")
    answers_mb: int = Field(
        default=64,
        ge=0,
        description="Memory, in megabytes, in which each process keeps finished answers.",
    )
    write_rate: str = Field(
        default="120/minute",
        description="How often one key may write, such as 120/minute or 1000/hour.",
    )
    computing_rate: str = Field(
        default="120/minute",
        description="How often one client may ask for something that has to be computed, such as "
        "the forecast of a past day, a scenario, or a chart that is not stored.",
    )
    rate_storage: str = Field(
        default="memory://",
        description="Where rates are counted: memory:// (each process by itself) or a storage of "
        "the library limits that processes share, such as redis://host:6379.",
    )
    queue_length: int = Field(
        default=32,
        ge=1,
        description="Largest number of past-day forecasts, of scenarios, of charts, and of "
        "evaluations that wait to be computed.",
    )
    past_forecasts_mb: int = Field(
        default=500,
        ge=1,
        description="Largest size in the store, in megabytes, of forecasts of past days. Those "
        "that nobody has asked for in the longest time are forgotten first.",
    )
    connections: int = Field(
        default=2000,
        ge=10,
        description="Largest number of open HTTP connections of a process. Beyond it, the one that "
        "has waited longest for a request is closed.",
    )
    hosts: str = Field(
        default="",
        description="Names that readers reach the service by, such as "
        "forecasts.example.org,localhost:8000. Links with a full address use these names only.",
    )
    trusted_proxies: str = Field(
        default="",
        description="Addresses or networks of reverse proxies, such as 10.0.0.5,192.168.0.0/16. "
        "X-Forwarded-For and X-Forwarded-Proto are believed from these only.",
    )
    refresh: bool = Field(
        default=True,
        description="Whether this process recomputes forecasts when new figures arrive.",
    )
    log_format: LogFormat = Field(
        default=LogFormat.CONSOLE,
        description="How the log is written: console, or json with one object a line.",
    )
    comparison_series: int = Field(
        default=500,
        ge=0,
        description="Largest number of series for which the forecasts of the other models are "
        "archived, too, so that they have a live track record; 0 for never.",
    )
    seed: int = Field(
        default=0,
        ge=0,
        description="Seed of every forecast. The same figures and the same "
        "seed give the same forecast.",
    )
    update: str = Field(
        default="",
        description="Publishers that the service asks for new figures, such as cbp,frontex, or "
        "all.",
    )
    source: dict[str, str] = Field(
        default_factory=dict,
        description="Address of a publisher's page, if it is not the usual one. Each publisher "
        "has its own setting, such as BORDERCAST_SOURCE_HOME_OFFICE.",
    )
    user_agent: str | None = Field(
        default=None,
        description="User-Agent of updates. Default: Bordercast and its version.",
    )
    proxy: str | None = Field(
        default=None,
        description="Proxy for updates, such as http://proxy:3128. HTTPS_PROXY works, too.",
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, given: str) -> str:
        try:
            for each in split_list(given):
                ip_network(each, strict=False)
        except ValueError as error:
            raise PydanticCustomError(
                "addresses", "addresses or networks, such as 10.0.0.5,192.168.0.0/16"
            ) from error
        return given

    @field_validator("write_rate", "computing_rate")
    @classmethod
    def _is_a_rate(cls, given: str) -> str:
        try:
            parse(given)
        except ValueError as error:
            raise PydanticCustomError(
                "rate", "a number and a time, such as 120/minute or 1000/hour"
            ) from error
        return given


def split_list(text: str) -> list[str]:
    """The entries of a setting that lists several, separated by commas."""
    return [entry for each in text.split(",") if (entry := each.strip())]


class UnusableSetting(ValueError):
    """A setting that names something that cannot be had; the message says what is expected."""


PACKAGE = Path(__file__).parent
BUNDLED_RECORD = PACKAGE / "data"
MIGRATIONS = PACKAGE.parent / "migrations"
