"""Parameters that come from the fields of a form, in which a blank field asks for nothing."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

from app.forecasts.outlook_schemas import LARGEST_COUNT
from app.http.parameters import PositiveNumber, WholeNumber
from forecasting.series import LONGEST_HORIZON

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
