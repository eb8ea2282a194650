"""Warnings of a fit: a code with values, put into words only when somebody reads it.

Whoever shows a warning in another language looks its code up instead of reading the text back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FIGURE_REJECTED = "figure_rejected"

_TEXTS = {
    FIGURE_REJECTED: "the figure for {month}, {value:,.0f}, is of low reliability and far from "
    "what its series leads to expect; it is treated as missing",
    "held_at_bound": "{share:.1%} of the sampled counts were capped at {times:g} times the largest "
    "observed",
    "model_replaced": "{model}: {reason}; {replacement} used instead",
    "member_left_out": "{member} left out: {reason}",
    "of_member": "{member}: {reason}",
    "library": "{text}",
    "fit_failed": "fit failed ({text})",
    "not_finite": "forecast is not finite",
    "too_wide": "interval is far wider than the history's own changes allow",
    "out_of_range": "median leaves the range of the history",
    "certain_zero": "forecast is certain of zero",
    "too_few_months": "needs {needed} observed months, got {observed}",
    "too_few_changes": "needs {needed} changes on a year, got {observed}",
    "too_many_parameters": "{parameters} parameters for {observed} observed months",
    "all_equal": "all observed values are equal",
    "month_never_observed": "a calendar month has never been observed",
    "no_finite_likelihood": "no form of exponential smoothing has a finite likelihood",
    "unknown_form": "no form of exponential smoothing has the parameters {given}",
    "other_parameters": "parameters are {given}, expected {expected}",
}
CODES = tuple(_TEXTS)


@dataclass(frozen=True)
class FitWarning:
    """What a reader of a forecast should know about its fit.

    `str(warning)` is the warning in English.

    Parameters
    ----------
    code : str
        One of `forecasting.fit_warnings.CODES`.
    values : mapping of str to str, int, or float
        The values that the text of the code needs, by name.
    reason : FitWarning, optional
        The warning that explains this one.

    Examples
    --------
    >>> reason = FitWarning("all_equal")
    >>> str(FitWarning("member_left_out", {"member": "theta"}, reason))
    'theta left out: all observed values are equal'
    """

    code: str
    values: Mapping[str, str | int | float] = field(default_factory=dict)
    reason: "FitWarning | None" = None

    def __str__(self) -> str:
        """Return the warning in English, without a final period."""
        return _TEXTS[self.code].format(**self.values, reason=self.reason)

    def to_json(self) -> dict[str, Any]:
        """Return the warning as a JSON object, which `from_json` reads."""
        reason = None if self.reason is None else self.reason.to_json()
        return {"code": self.code, "values": dict(self.values), "reason": reason}

    @classmethod
    def from_json(cls, stored: Any) -> "FitWarning":
        """Read what `to_json` wrote, or a plain text as older versions stored it."""
        if isinstance(stored, str):
            return cls("library", {"text": stored})
        reason = None if stored["reason"] is None else cls.from_json(stored["reason"])
        return cls(stored["code"], stored["values"], reason)


class FitError(ValueError):
    """A model cannot forecast this series; `warning` says why."""

    def __init__(self, code: str, **values: str | float) -> None:
        self.warning = FitWarning(code, values)
        super().__init__(str(self.warning))
