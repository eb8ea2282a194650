"""What a load or a retraction changes in the current figures, and which forecasts that makes out of date."""

from dataclasses import dataclass, field

from app.database import Session
from app.observations import store
from app.observations.figures import Figure
from forecasting import Month


@dataclass(frozen=True, slots=True)
class Revision:
    """A current figure that got another value; None is no figure."""

    series: str
    period: Month
    before: int | None
    after: int | None


@dataclass(slots=True)
class Changes:
    """Revised figures, and the series whose current figures are not what they were."""

    revised: list[Revision] = field(default_factory=list)
    due: list[str] = field(default_factory=list)


class Watch:
    """Remembers the current figures of series, to compare with what they are afterwards."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._before: dict[str, tuple[int, dict[Month, Figure]]] = {}

    def remember(self, key: str, series_id: int, *, empty: bool = False) -> dict[Month, Figure]:
        """The current figures of a series by month, read when it is first asked for; `empty` knows there are
        none."""
        if key not in self._before:
            self._before[key] = (series_id, {} if empty else self._current(series_id))
        return self._before[key][1]

    def changes(self) -> Changes:
        """What is different now in the series remembered."""
        found = Changes()
        for key, (series_id, before) in sorted(self._before.items()):
            after = self._current(series_id)
            different = [
                period
                for period in sorted(before.keys() | after.keys())
                if _said(before.get(period)) != _said(after.get(period))
            ]
            if different:
                found.due.append(key)
            for period in different:
                was, now = before.get(period), after.get(period)
                if was is not None and was.value is not None and (now is None or now.value != was.value):
                    found.revised.append(Revision(key, period, was.value, now.value if now else None))
        return found

    def _current(self, series_id: int) -> dict[Month, Figure]:
        return {figure.period: figure for figure in store.history(self._session, series_id)}


def _said(figure: Figure | None) -> tuple[object, ...] | None:
    """What a forecast can see of a figure."""
    if figure is None:
        return None
    return (figure.value, figure.status, figure.qualifier, figure.rounding_unit, figure.source)
