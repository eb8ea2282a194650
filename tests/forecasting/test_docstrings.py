"""Docstrings of what `forecasting` exports: in the numpydoc layout, with examples that run."""

import doctest
import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

import forecasting
from forecasting import scores

MODULES = sorted(
    module.name for module in pkgutil.walk_packages(forecasting.__path__, "forecasting.")
)


def exported() -> Iterator[tuple[str, Any]]:
    """The functions and classes that the package and its scores export."""
    for name in forecasting.__all__:
        yield name, getattr(forecasting, name)
    for name, one in inspect.getmembers(scores, inspect.isfunction):
        if one.__module__ == scores.__name__ and not name.startswith("_"):
            yield f"scores.{name}", one


EXPORTED = {name: one for name, one in exported() if callable(one)}


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_give_what_they_show(name: str) -> None:
    module: ModuleType = import_module(name)
    assert doctest.testmod(module).failed == 0


def test_the_package_exports_functions_and_classes() -> None:
    assert len(EXPORTED) > 15


@pytest.mark.parametrize("name", EXPORTED)
def test_a_docstring_has_the_sections_that_a_tool_renders(name: str) -> None:
    one = EXPORTED[name]
    text = inspect.getdoc(one) or ""
    is_result = inspect.isfunction(one) and "-> None" not in str(inspect.signature(one))
    sections = [
        "Parameters",
        "Examples",
        *(["Returns" if "Yields" not in text else "Yields"] * is_result),
    ]
    assert [title for title in sections if f"\n{title}\n{'-' * len(title)}\n" not in text] == []
    assert ">>>" in text


@pytest.mark.parametrize("name", EXPORTED)
def test_a_docstring_describes_every_parameter(name: str) -> None:
    one = EXPORTED[name]
    text = inspect.getdoc(one) or ""
    described = text.partition("Parameters\n")[2].partition("\n\n")[0]
    names = {
        word.strip()
        for line in described.splitlines()
        if line and not line.startswith((" ", "-"))
        for word in line.partition(" : ")[0].split(",")
    }
    assert set(inspect.signature(one).parameters) - names == set()
