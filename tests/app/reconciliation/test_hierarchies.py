"""Hierarchies as they are read from parents and keys."""

from collections.abc import Sequence

import numpy as np

from app.reconciliation.hierarchies import Hierarchy, Place, find_hierarchies
from forecasting import Member, MonthlySeries, reconcile

MONTHS = 30


def constant(value: float, months: int = MONTHS) -> MonthlySeries:
    return MonthlySeries("2022-01", np.full(months, value))


def found(places: Sequence[tuple[str, str | None, str]], **values: float) -> list[Hierarchy]:
    known = {key.replace("_", "."): constant(value) for key, value in values.items()}
    return find_hierarchies([Place(*one) for one in places], known)


def test_series_add_up_along_every_dimension_of_their_parent() -> None:
    places = [
        ("a", None, "total"),
        ("a.north", "a", "region"),
        ("a.south", "a", "region"),
        ("a.adults", "a", "age"),
        ("b", None, "total"),
    ]
    (only,) = found(places, a=10, a_north=4, a_south=6, a_adults=7, b=3)
    assert only.name == "a"
    assert only.members == ("a", "a.adults", "a.north", "a.south")
    assert {one.dimension: one.parts for one in only.sums} == {
        "age": ("a.adults", "a.age.other"),
        "region": ("a.north", "a.south"),
    }
    assert only.residuals["a.age.other"].values.tolist() == [3.0] * MONTHS


def test_the_southwest_border_is_a_part_of_both_its_wholes() -> None:
    places = [
        ("cbp", None, "total"),
        ("usbp", "cbp", "component"),
        ("ofo", "cbp", "component"),
        ("cbp.southwest", "cbp", "region"),
        ("usbp.southwest", "usbp", "region"),
        ("ofo.southwest", "cbp.southwest", "component"),
    ]
    values = {"cbp": 100, "usbp": 60, "cbp_southwest": 70}
    values |= {"usbp_southwest": 50, "ofo_southwest": 20}
    (only,) = found(places, **values)
    assert [(one.total, one.dimension, one.parts, one.overlapping) for one in only.sums] == [
        ("cbp", "component", ("usbp", "ofo.southwest", "cbp.component.other"), False),
        ("cbp", "region", ("cbp.southwest", "cbp.region.other"), False),
        ("cbp.southwest", "component", ("usbp.southwest", "ofo.southwest"), True),
        ("usbp", "region", ("usbp.southwest", "usbp.region.other"), False),
    ]
    (only,) = found(places, ofo=40, **values)
    assert ("ofo", ("ofo.southwest", "ofo.region.other")) in [
        (one.total, one.parts) for one in only.sums
    ]


def test_a_region_has_its_components_in_a_store_without_the_nation() -> None:
    places = [
        ("cbp.southwest", None, "region"),
        ("usbp", None, "component"),
        ("usbp.southwest", "usbp", "region"),
        ("ofo.southwest", "cbp.southwest", "component"),
    ]
    (only,) = found(places, usbp=60, cbp_southwest=70, usbp_southwest=50, ofo_southwest=20)
    assert [(one.total, one.parts, one.overlapping) for one in only.sums] == [
        ("cbp.southwest", ("usbp.southwest", "ofo.southwest"), True),
        ("usbp", ("usbp.southwest", "usbp.region.other"), False),
    ]
    assert list(only.residuals) == ["usbp.region.other"]
    members = {
        key: Member(constant(level), np.full((3, 2), level))
        for key, level in {
            "cbp.southwest": 70.0,
            "usbp": 60.0,
            "usbp.southwest": 50.0,
            "ofo.southwest": 20.0,
            "usbp.region.other": 10.0,
        }.items()
    }
    assert (reconcile(members, only.sums)["cbp.southwest"] == 70).all()


def test_a_part_that_closed_is_in_no_residual() -> None:
    places = [Place("a", None, "total"), Place("a.x", "a", "sector"), Place("a.y", "a", "sector")]
    places.append(Place("a.old", "a", "sector", closed=True))
    known = {"a": MonthlySeries("2022-01", [9.0] * 10 + [7.0] * 20)}
    known |= {"a.x": constant(4), "a.y": constant(3)}
    (only,) = find_hierarchies(places, known, {"a.old": constant(2, months=10)})
    assert only.residuals == {}
    assert only.sums[0].parts == ("a.x", "a.y")


def test_rounding_errors_are_no_residual_and_few_months_show_nothing() -> None:
    places = [Place("a", None, "total"), Place("a.x", "a", "sector")]
    rounding = np.random.default_rng(0).integers(-5, 6, MONTHS)
    rounded = {"a": constant(100), "a.x": MonthlySeries("2022-01", 100.0 + rounding)}
    (only,) = find_hierarchies(places, rounded)
    assert only.residuals == {}
    few = {"a": constant(100), "a.x": constant(60, months=23)}
    assert find_hierarchies(places, few) == []
