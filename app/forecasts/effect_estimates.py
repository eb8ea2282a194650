"""The effects of past events on a series, estimated from its figures."""

from datetime import date

from app.errors import BadParameter, Fault
from app.events import PolicyEvent, all_events, find_event
from forecasting import EstimatedEffect, MonthlySeries, estimate_effect


class CannotEstimate(BadParameter):
    """The figures around the event do not tell its effect; `errors` says what is missing."""

    def __init__(self, event: PolicyEvent, reason: str, *, parameter: str = "day") -> None:
        self.event, self.reason = event, reason
        super().__init__(
            Fault(
                parameter,
                event.day.isoformat(),
                f"an event with enough figures around it: {reason}",
            )
        )

    @classmethod
    def slug(cls) -> str:
        return BadParameter.slug()

    def at(self, parameter: str) -> "CannotEstimate":
        """The same for an event that another parameter names."""
        return CannotEstimate(self.event, self.reason, parameter=parameter)


def estimate_event_effect(
    series: MonthlySeries, event: PolicyEvent, phase_in: int
) -> EstimatedEffect | str:
    """The effect of an event, or why it cannot be estimated.

    Months of other events are no placebo dates. Runs in a worker.
    """
    others = [other.first_month for other in all_events()]
    try:
        return estimate_effect(series, event.first_month, phase_in, but_not=others)
    except ValueError as error:
        return str(error)


def require_event(day: date, parameter: str) -> PolicyEvent:
    """The event of a day. Raises BadParameter with the nearest ones."""
    found = find_event(day)
    if found is not None:
        return found
    nearest = sorted(all_events(), key=lambda event: abs(event.day - day))[:3]
    days = ", ".join(str(event.day) for event in sorted(nearest, key=lambda event: event.day))
    raise BadParameter(
        Fault(parameter, day.isoformat(), f"the day of an event; GET /events lists them ({days})")
    )
