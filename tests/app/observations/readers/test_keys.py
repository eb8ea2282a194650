"""The rule of keys, against the keys that the bundled series have."""

import csv

import pytest

from app.config import BUNDLED_RECORD
from app.observations.readers.keys import Cut, Part, split
from app.observations.readers.vocabulary import (
    citizenship,
    family_status,
    field_office,
    sector,
    state,
)

BUNDLED = [
    line
    for line in csv.DictReader((BUNDLED_RECORD / "series.csv").open(encoding="utf-8"))
    if line["series"].split(".")[0] in ("cbp", "ofo", "usbp")
]


@pytest.mark.parametrize(
    ("part", "slug", "title"),
    [
        (sector("Tucson Sector"), "tucson", "Tucson sector"),
        (sector("Rio Grande Valley, TX"), "rio-grande-valley", "Rio Grande Valley sector"),
        (field_office("Laredo Field Office"), "laredo", "Laredo field office"),
        (state("NM"), "new-mexico", "New Mexico"),
        (family_status("FMUA"), "family-units", "people in family units"),
        (family_status("UC / Single Minors"), "unaccompanied-children", "unaccompanied children"),
        (family_status("UAC"), "unaccompanied-children", "unaccompanied children"),
        (citizenship("EL SALVADOR"), "el-salvador", "citizens of El Salvador"),
        (citizenship("CHINA, PEOPLES REPUBLIC OF"), "china", "citizens of China"),
        (citizenship("China, People's Republic"), "china", "citizens of China"),
        (citizenship("MYANMAR (BURMA)"), "burma", "citizens of Burma"),
        (citizenship("Côte d'Ivoire"), "cote-d-ivoire", "citizens of Côte d'Ivoire"),
    ],
)
def test_a_publishers_word_has_one_name(part: Part, slug: str, title: str) -> None:
    assert (part.slug, part.title) == (slug, title)


def test_other_citizens_have_no_series() -> None:
    assert citizenship("OTHER") is None


@pytest.mark.parametrize("line", BUNDLED, ids=lambda line: line["series"])
def test_bundled_keys_follow_the_rule(line: dict[str, str]) -> None:
    names = split(line["series"])
    assert names is not None
    if names.dimension is not None:
        assert names.dimension == line["dimension"]
    part = None if names.dimension is None else Part(names.dimension, str(names.slug), "")
    cut = Cut(names.component, names.region, part)
    known = {one["series"] for one in BUNDLED}
    assert cut.key == line["series"]
    assert (cut.series(known).parent or "", cut.dimension) == (line["parent"], line["dimension"])


@pytest.mark.parametrize(
    ("cut", "title"),
    [
        (Cut("cbp"), "CBP encounters, nationwide"),
        (Cut("usbp", "northern"), "Border Patrol encounters, northern border"),
        (
            Cut("usbp", "southwest", sector("Tucson Sector")),
            "Border Patrol encounters, Tucson sector",
        ),
        (
            Cut("ofo", "other", field_office("Laredo Field Office")),
            "Office of Field Operations encounters, away "
            "from the land borders, Laredo field office",
        ),
        (Cut("usbp", None, citizenship("PERU")), "Border Patrol encounters, citizens of Peru"),
    ],
)
def test_titles_are_worded_as_the_bundled_ones(cut: Cut, title: str) -> None:
    assert cut.title == title


def test_the_parent_of_a_new_series_is_the_nearest_that_there_is() -> None:
    cut = Cut("ofo", "southwest", field_office("Laredo Field Office"))
    assert cut.series({"ofo.southwest", "cbp"}).parent == "ofo.southwest"
    assert cut.series({"cbp"}).parent == "cbp"
    assert cut.series(set()).parent is None


@pytest.mark.parametrize("key", ["mexico", "usbp.tucson", "usbp.southwest.county.cochise", ""])
def test_other_keys_do_not_follow_the_rule(key: str) -> None:
    assert split(key) is None
