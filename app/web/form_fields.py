"""What the forms of the page ask for. A blank field asks for nothing."""

import re
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

from app.forecasts.outlook_schemas import LARGEST_COUNT
from app.forecasts.reported_figure import Reporter
from app.forecasts.thresholds import Side
from app.http.parameters import MonthField, PositiveNumber, WholeNumber
from app.observations.observation import Qualifier
from forecasting.series import LONGEST_HORIZON

LEAST_CHANGE, LARGEST_CHANGE = -99.0, 9900.0  # percent: the factors of scenarios
_SEPARATORS = re.compile(r"[\s,'’]")  # between groups of three digits


def _typed(given: Any) -> Any:
    """A number as people type it, without separators; None if there is none."""
    return _SEPARATORS.sub("", str(given)) or None if given is not None else None


def _decimal(given: Any) -> Any:
    """The same with a decimal point or comma."""
    return str(given).strip().replace(",", ".") or None if given is not None else None


Blank = BeforeValidator(_typed)
CountField = Annotated[Annotated[int, WholeNumber(0, LARGEST_COUNT)] | None, Blank]
MonthsField = Annotated[Annotated[int, WholeNumber(1, LONGEST_HORIZON)] | None, Blank]
PercentField = Annotated[Annotated[int, WholeNumber(1, 99)] | None, Blank]
ShareField = Annotated[
    Annotated[float, PositiveNumber(100, example=5)] | None, BeforeValidator(_decimal)
]
DaysField = Annotated[
    Annotated[float, PositiveNumber(1000, example=3)] | None, BeforeValidator(_decimal)
]
CostField = Annotated[Annotated[float, PositiveNumber(1e9, example=540)] | None, Blank]


def _change(given: Any) -> float | None:
    """A change in percent, which leaves something and is at most a hundredfold."""
    typed = _decimal(given)
    if typed is None:
        return None
    try:
        percent = float(typed.replace("\N{MINUS SIGN}", "-").removesuffix("%"))
    except ValueError:
        percent = -100.0
    if not LEAST_CHANGE <= percent <= LARGEST_CHANGE:  # neither is NaN
        expected = f"a change in percent from {LEAST_CHANGE:g} to {LARGEST_CHANGE:g}"
        raise PydanticCustomError("change", "{expected}", {"expected": expected})
    return percent


ChangeField = Annotated[float | None, BeforeValidator(_change)]


class YearKind(StrEnum):
    """Which year a total is of: the series' own, such as the US fiscal year, or the calendar's."""

    OWN = "own"
    CALENDAR = "calendar"


class PlannerFields(BaseModel):
    """What a planner asks of the page; a field that is not given has a usual value.

    side, number, run: of a chance of more, or fewer, than a number, for months in a row
    total: of which year
    share, stay, risk, cost_missing, cost_empty: as for `/forecast/capacity`
    """

    side: Side = Side.ABOVE
    number: CountField = None
    run: MonthsField = None
    total: YearKind = YearKind.OWN
    share: ShareField = None
    stay: DaysField = None
    risk: PercentField = None
    cost_missing: CostField = None
    cost_empty: CostField = None


class ScenarioFields(BaseModel):
    """An assumed effect on the level, from a month on.

    effect: percent more or, if negative, fewer; effect_like: the day of a past event, to assume its
    effect; effect_from: the month after the current one if it
    is left out; effect_within: 80 percent sure up to this factor
    """

    effect: ChangeField = None
    effect_like: Annotated[str, StringConstraints(pattern=r"^(\d{4}-\d\d-\d\d)?$")] = ""
    effect_from: MonthField | Literal[""] = ""
    effect_within: Literal["1", "1.25", "1.5", "2"] = "1"


class ReporterFields(BaseModel):
    """A figure that has just come in, as a reporter tells it; none without a value.

    reported_month: the month after the newest figure if it is left out
    """

    reported: CountField = None
    reported_month: MonthField | Literal[""] = ""
    reported_as: Qualifier = Qualifier.ABOUT
    reported_by: Reporter = Reporter.PRESS
