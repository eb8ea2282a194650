"""What the settings say of publishers: which to ask, at which addresses."""

from dataclasses import dataclass
from importlib.metadata import version
from urllib.parse import urlsplit

from app.config import Settings, UnusableSetting
from app.sources.publisher import Publisher
from app.sources.publishers import PUBLISHERS

DEFAULT_USER_AGENT = f"Bordercast/{version('bordercast')}"
ALL, NONE = "all", "none"
_WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """How publishers are asked; `pages` are addresses that differ from the usual ones, by name."""

    pages: dict[str, str]
    user_agent: str
    proxy: str | None


def client_settings(settings: Settings) -> ClientSettings:
    """How publishers are asked.

    Raises
    ------
    UnusableSetting
        If a setting cannot be used.
    """
    return ClientSettings(configured_pages(settings), user_agent_of(settings), proxy_of(settings))


def setting_name(publisher: Publisher) -> str:
    """Environment variable with the address of the publisher's page."""
    return f"BORDERCAST_SOURCE_{publisher.name.replace('-', '_').upper()}"


def publishers_to_ask(settings: Settings) -> list[Publisher]:
    """Publishers that the service asks by itself; none by default.

    Raises
    ------
    UnusableSetting
        If BORDERCAST_UPDATE names one that does not exist.
    """
    names = [name.strip().lower() for name in settings.update.split(",") if name.strip()]
    if names == [ALL]:
        return list(PUBLISHERS.values())
    if names == [NONE]:
        return []
    for name in names:
        if name not in PUBLISHERS:
            raise UnusableSetting(
                f"BORDERCAST_UPDATE names {name!r}; expected {ALL}, {NONE}, or some of "
                f"{', '.join(PUBLISHERS)}, joined by commas"
            )
    return [PUBLISHERS[name] for name in dict.fromkeys(names)]


def configured_pages(settings: Settings) -> dict[str, str]:
    """Addresses of publishers' pages that are set, by the publisher's name.

    Raises
    ------
    UnusableSetting
        If a setting names a publisher that does not exist, or an address that is none of the web.
    """
    pages = {}
    for variable, address in settings.source.items():
        name = variable.lower().replace("_", "-")
        setting = f"BORDERCAST_SOURCE_{variable.upper()}"
        if name not in PUBLISHERS:
            known = ", ".join(map(setting_name, PUBLISHERS.values()))
            raise UnusableSetting(f"{setting} names no publisher; expected one of {known}")
        if not address.strip():
            continue
        if not address.strip().lower().startswith(_WEB):
            raise UnusableSetting(
                f"{setting} is {address!r}; expected an address that begins with https://"
            )
        pages[name] = address.strip()
    return pages


def user_agent_of(settings: Settings) -> str:
    """What updates call themselves.

    Raises
    ------
    UnusableSetting
        If no header can hold it.
    """
    given = (settings.user_agent or "").strip() or DEFAULT_USER_AGENT
    if not given.isascii() or not given.isprintable():
        raise UnusableSetting(
            f"--user-agent or BORDERCAST_USER_AGENT is {given!r}; expected printable ASCII "
            "characters"
        )
    return given


def proxy_of(settings: Settings) -> str | None:
    """Address of the proxy of updates, if one is set.

    Raises
    ------
    UnusableSetting
        If it is no address of a proxy.
    """
    given = (settings.proxy or "").strip()
    if given and not (given.lower().startswith(_WEB) and urlsplit(given).hostname):
        raise UnusableSetting(
            f"--proxy or BORDERCAST_PROXY is {given!r}; expected an address such as "
            "http://proxy:3128"
        )
    return given or None
