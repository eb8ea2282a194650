"""What settings say of publishers."""

import pytest

from app.config import Settings, UnusableSetting
from app.sources.configured import (
    configured_pages,
    proxy_of,
    publishers_to_ask,
    setting_name,
    user_agent_of,
)
from app.sources.publishers import PUBLISHERS


def names(update: str) -> list[str]:
    return [publisher.name for publisher in publishers_to_ask(Settings(update=update))]


def test_the_publishers_are_those_that_the_documentation_names() -> None:
    assert list(PUBLISHERS) == ["cbp", "cbp-southwest", "frontex", "home-office", "ohss"]


def test_nobody_is_asked_by_default() -> None:
    assert Settings().update == ""
    assert names("") == []


def test_publishers_are_listed_with_commas() -> None:
    assert names(" cbp, Home-Office,cbp,") == ["cbp", "home-office"]
    assert names("all") == list(PUBLISHERS)
    assert names("none") == []


def test_a_publisher_that_does_not_exist_is_named() -> None:
    with pytest.raises(UnusableSetting, match="'cpb'; expected all, none, or some of cbp"):
        names("cbp,cpb")


def test_each_publisher_has_a_setting_for_the_address_of_its_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for publisher in PUBLISHERS.values():
        monkeypatch.setenv(setting_name(publisher), f"http://mirror/{publisher.name}")
    pages = configured_pages(Settings())
    assert pages == {name: f"http://mirror/{name}" for name in PUBLISHERS}
    assert setting_name(PUBLISHERS["home-office"]) == "BORDERCAST_SOURCE_HOME_OFFICE"


def test_an_empty_address_is_the_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BORDERCAST_SOURCE_CBP", "")
    assert configured_pages(Settings()) == {}


@pytest.mark.parametrize(
    ("variable", "address", "expected"),
    [
        ("BORDERCAST_SOURCE_CPB", "http://mirror/", "BORDERCAST_SOURCE_CPB names no publisher"),
        ("BORDERCAST_SOURCE_CBP", "mirror/cbp", "BORDERCAST_SOURCE_CBP is 'mirror/cbp'; expected"),
    ],
)
def test_an_address_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, address: str, expected: str
) -> None:
    monkeypatch.setenv(variable, address)
    with pytest.raises(UnusableSetting, match=expected):
        configured_pages(Settings())


def test_a_client_calls_itself_bordercast_unless_it_is_told_otherwise() -> None:
    assert user_agent_of(Settings()).startswith("Bordercast/")
    assert user_agent_of(Settings(user_agent=" me@example.org ")) == "me@example.org"
    assert proxy_of(Settings()) is proxy_of(Settings(proxy=" ")) is None
    assert proxy_of(Settings(proxy="http://proxy:3128")) == "http://proxy:3128"


@pytest.mark.parametrize("proxy", ["proxy:3128", "socks5://proxy", "http://"])
def test_a_proxy_that_is_none_is_refused(proxy: str) -> None:
    with pytest.raises(UnusableSetting, match="BORDERCAST_PROXY is "):
        proxy_of(Settings(proxy=proxy))


@pytest.mark.parametrize("agent", ["Bordercast\r\nX: y", "Grenzübertritte"])
def test_a_name_that_no_header_can_hold_is_refused(agent: str) -> None:
    with pytest.raises(UnusableSetting, match="BORDERCAST_USER_AGENT is "):
        user_agent_of(Settings(user_agent=agent))
