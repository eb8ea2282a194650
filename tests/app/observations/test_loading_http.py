"""POST /observations: what is recorded and reported, and recognized where it comes again."""

import pytest

from tests.app.client import BEARER, ServiceClient, said
from tests.app.observations.refusing import DAY, HEADER


def test_a_figure_is_recorded_and_reported(loader: ServiceClient, series: str) -> None:
    answer = loader.load(
        "press", DAY, said(series, "2024-04", 129_000, status="U", qualifier="about")
    )
    assert answer.status_code == 201
    assert answer.json() == {
        "release": answer.json()["release"],
        "received": 1,
        "recorded": 1,
        "unchanged": 0,
        "revised": [],
        "created": [],
        "left_out": [],
        "due": [series],
    }
    assert loader.history(series) == {"2024-04": 129_000}


def test_a_release_tells_who_published_what_when_and_who_loaded_it(
    loader: ServiceClient, series: str
) -> None:
    given = {
        "source": "press",
        "title": "Expected count for April",
        "published_on": "2024-05-07",
        "url": "https://example.org/april",
        "note": "said on the telephone",
    }
    document = {
        "release": given,
        "observations": [said(series, "2024-04", 129_000)],
    }
    number = loader.submit(document).json()["release"]
    release = loader.releases()[number]
    assert {name: release[name] for name in given} == given
    assert release["recorded_by"] == BEARER
    assert release["recorded_at"] == "2026-11-24T12:00:00Z"
    assert release["retracted"] is False


def test_csv_is_recorded_like_json(loader: ServiceClient, series: str) -> None:
    lines = f"{series},2024-03,137480,,about\n{series},2024-04,129000,U,about\n"
    text = f"{HEADER},status,qualifier\n{lines}"
    answer = loader.load_csv(text, "press", title="By file", url="https://example.org/")
    assert answer.status_code == 201
    report = answer.json()
    assert (report["received"], report["recorded"], report["due"]) == (2, 2, [series])
    release = loader.releases()[report["release"]]
    assert (release["title"], release["url"]) == ("By file", "https://example.org/")
    (march,), (april,) = (loader.versions(series, month) for month in ("2024-03", "2024-04"))
    assert (march["value"], march["status"], march["qualifier"], march["rounding_unit"]) == (
        137_480,
        "P",
        "about",
        10,
    )
    assert (april["value"], april["status"], april["qualifier"], april["rounding_unit"]) == (
        129_000,
        "U",
        "about",
        1000,
    )


def test_a_load_tells_new_unchanged_and_revised_figures_apart(
    loader: ServiceClient, series: str
) -> None:
    loader.load("cbp", "2024-04-15", said(series, "2024-02", 100), said(series, "2024-03", 200))
    answer = loader.load(
        "cbp",
        DAY,
        said(series, "2024-02", 100),
        said(series, "2024-03", 210),
        said(series, "2024-04", 300),
    ).json()
    assert (answer["received"], answer["recorded"], answer["unchanged"]) == (3, 2, 1)
    assert answer["revised"] == [{"series": series, "period": "2024-03", "from": 200, "to": 210}]
    assert answer["due"] == [series]


def test_a_load_that_repeats_what_is_known_makes_no_forecast_due(
    loader: ServiceClient, series: str
) -> None:
    loader.load("cbp", "2024-04-15", said(series, "2024-03", 200))
    answer = loader.load("cbp", DAY, said(series, "2024-03", 200))
    assert answer.status_code == 201
    assert (answer.json()["unchanged"], answer.json()["revised"], answer.json()["due"]) == (
        1,
        [],
        [],
    )
    assert [version["published_on"] for version in loader.versions(series, "2024-03")] == [
        DAY,
        "2024-04-15",
    ]


def test_a_change_of_status_alone_makes_due_and_revises_nothing(
    loader: ServiceClient, series: str
) -> None:
    loader.load("cbp", "2024-04-15", said(series, "2024-03", 200))
    answer = loader.load("cbp", "2024-10-22", said(series, "2024-03", 200)).json()
    assert (answer["recorded"], answer["revised"], answer["due"]) == (1, [], [series])
    assert [version["status"] for version in loader.versions(series, "2024-03")] == ["A", "P"]


def test_new_series_are_made_where_that_is_asked_for(loader: ServiceClient, series: str) -> None:
    answer = loader.load("cbp", DAY, said(f"{series}.families", "2024-04", 7), create="true").json()
    assert answer["created"] == answer["due"] == [f"{series}.families"]
    entries = {entry["key"]: entry for entry in loader.client.get("/series").json()["series"]}
    made = entries[f"{series}.families"]
    assert (made["parent"], made["unit"], made["last_period"]) == (series, "encounters", "2024-04")


def test_the_same_content_again_is_recognized_and_changes_nothing(
    loader: ServiceClient, series: str
) -> None:
    figures = said(series, "2024-03", 200), said(series, "2024-04", 300)
    first = loader.load("cbp", DAY, *figures)
    before = loader.kept()
    again = loader.load("cbp", DAY, *figures)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"recorded": 0, "unchanged": 2, "due": []}
    assert loader.kept() == before


def test_the_same_content_in_another_order_is_recognized(
    loader: ServiceClient, series: str
) -> None:
    figures = said(series, "2024-03", 200), said(series, "2024-04", 300)
    first = loader.load("cbp", DAY, *figures)
    again = loader.load("cbp", DAY, *figures[::-1])
    assert (again.status_code, again.json()["release"]) == (200, first.json()["release"])


def test_the_same_content_as_csv_instead_of_json_is_recognized(
    loader: ServiceClient, series: str
) -> None:
    first = loader.load("cbp", DAY, said(series, "2024-03", 200), said(series, "2024-04", 300))
    again = loader.load_csv(f"{HEADER}\n{series},2024-04,300\n{series},2024-03,200\n")
    assert (again.status_code, again.json()["release"]) == (200, first.json()["release"])


def test_the_same_content_with_a_new_series_makes_it_once(
    loader: ServiceClient, series: str
) -> None:
    figure = said(f"{series}.adults", "2024-04", 5)
    first = loader.load("cbp", DAY, figure, create="true")
    again = loader.load("cbp", DAY, figure, create="true")
    assert (again.status_code, again.json()["created"]) == (200, [])
    assert first.json()["created"] == [f"{series}.adults"]


@pytest.mark.parametrize(
    ("source", "day"),
    [("cbp", "2024-05-16"), ("press", DAY)],
    ids=["another day", "another source"],
)
def test_the_same_figures_in_another_release_are_another_version(
    loader: ServiceClient, series: str, source: str, day: str
) -> None:
    loader.load("cbp", DAY, said(series, "2024-04", 300, status="P"))
    assert loader.load(source, day, said(series, "2024-04", 300, status="P")).status_code == 201
    assert len(loader.versions(series, "2024-04")) == 2


def test_releases_may_come_in_any_order(loader: ServiceClient, series: str) -> None:
    loader.load("cbp", "2024-06-15", said(series, "2024-04", 320))
    late = loader.load("cbp", DAY, said(series, "2024-04", 300)).json()
    assert (late["recorded"], late["revised"], late["due"]) == (1, [], [])
    assert loader.history(series) == {"2024-04": 320}
    assert loader.history(series, as_of="2024-06-01") == {"2024-04": 300}
    assert loader.history(series, first_release="true") == {"2024-04": 300}


def test_a_figure_is_withdrawn_by_a_later_one_without_value(
    loader: ServiceClient, series: str
) -> None:
    loader.load("cbp", DAY, said(series, "2024-03", 200), said(series, "2024-04", 300))
    answer = loader.load("cbp", "2024-05-20", said(series, "2024-04", None)).json()
    assert answer["revised"] == [{"series": series, "period": "2024-04", "from": 300, "to": None}]
    assert loader.history(series) == {"2024-03": 200, "2024-04": None}
    assert loader.history(series, as_of="2024-05-19") == {"2024-03": 200, "2024-04": 300}
    assert loader.versions(series, "2024-04")[0]["status"] == "O"


def test_a_withdrawn_figure_is_withdrawn_by_an_empty_cell_too(
    loader: ServiceClient, series: str
) -> None:
    loader.load("cbp", DAY, said(series, "2024-04", 300))
    loader.load_csv(f"{HEADER}\n{series},2024-04,\n", day="2024-05-20")
    assert loader.history(series) == {"2024-04": None}
