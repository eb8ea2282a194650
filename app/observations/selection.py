"""Several series in one request: named one by one, or by patterns such as `usbp.southwest.*`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, Field

from app.errors import BadParameter, Fault, Problem
from app.observations import store
from app.observations.queries import require_series
from app.storage.database import Session

ANY = "*"  # stands for any characters in a pattern
MOST_SERIES = 100  # in one answer

T = TypeVar("T")

SeriesKeys = Annotated[
    list[str],
    Field(
        min_length=1,
        description="Key of the series; `GET /series` lists them. Repeat for several, or give a "
        f"pattern in which `{ANY}` stands for any characters, such as `usbp.southwest.*`: at most "
        f"{MOST_SERIES} series. With several, the answer has one entry per series, and tables "
        "begin with a `series` column.",
        examples=[["usbp.southwest"]],
    ),
]


class SeriesParameter(BaseModel):
    """The parameter that selects series, which comes before all others."""

    series: SeriesKeys


class LeftOutSeries(BaseModel):
    """A series that matches a pattern and has no answer."""

    series: str = Field(description="Key of the series.", examples=["usbp.southwest.title-42"])
    reason: str = Field(
        description="Why, as in the answer to a request for it alone.",
        examples=["usbp.southwest.title-42 has ended and is no longer forecast."],
    )


@dataclass(frozen=True, slots=True)
class SeriesSelection:
    """The series of a request, in its order; `named` are those that it names by their keys."""

    keys: tuple[str, ...]
    named: frozenset[str]

    def may_leave_out(self, key: str, problem: Problem) -> bool:
        """Whether an answer can do without a series that it is refused for.

        That is one that only a pattern has selected and that has nothing to answer with.
        """
        return key not in self.named and problem.status is HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True, slots=True)
class Gathered(Generic[T]):
    """What was found of each series, and the series that nothing could be found of."""

    found: list[T]
    left_out: list[LeftOutSeries]


def asks_for_several(given: Sequence[str]) -> bool:
    """Whether a request has the form of one for several series, however many it selects."""
    return len(given) > 1 or ANY in given[0]


def select_series(session: Session, given: Sequence[str]) -> SeriesSelection:
    """The series that keys and patterns name, each once.

    Raises
    ------
    UnknownSeries
        If a key is not known.
    BadParameter
        If a pattern matches nothing, or if these are more than MOST_SERIES series.
    """
    keys: dict[str, None] = {}
    for one in given:
        matching = _matching(session, one) if ANY in one else [require_series(session, one).key]
        keys.update(dict.fromkeys(matching))
        if len(keys) > MOST_SERIES:
            raise BadParameter(
                Fault(
                    "series",
                    one,
                    f"at most {MOST_SERIES} series in one request; use a narrower pattern or "
                    "several requests",
                )
            )
    return SeriesSelection(tuple(keys), frozenset(one for one in given if ANY not in one))


def gather(selection: SeriesSelection, find: Callable[[str], T]) -> Gathered[T]:
    """What `find` finds of each series. Raises what it raises, unless a series is left out."""
    found: list[T | Problem] = []
    for key in selection.keys:
        try:
            found.append(find(key))
        except Problem as problem:
            if not selection.may_leave_out(key, problem):
                raise
            found.append(problem)
    return sort_out(selection, found)


def sort_out(selection: SeriesSelection, found: Sequence[T | Problem]) -> Gathered[T]:
    """Results and refusals of the selected series, in their order, told apart.

    Raises the first refusal if nothing else is left.
    """
    refusals = [one for one in found if isinstance(one, Problem)]
    if len(refusals) == len(found):
        raise refusals[0]
    return Gathered(
        [one for one in found if not isinstance(one, Problem)],
        [
            LeftOutSeries(series=key, reason=one.detail)
            for key, one in zip(selection.keys, found, strict=True)
            if isinstance(one, Problem)
        ],
    )


def _matching(session: Session, pattern: str) -> list[str]:
    keys = store.keys_matching(session, pattern, limit=MOST_SERIES + 1)
    if not keys:
        raise BadParameter(
            Fault("series", pattern, "a pattern that matches a key; GET /series lists all keys")
        )
    return keys
