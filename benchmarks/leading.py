"""Do other series, or the dates of policy, improve forecasts? `python -m benchmarks.leading`.

From every month since 2021, the target is forecast one to three months ahead by `auto`, as known on
the day its newest figure came out. The forecast is then shifted by a regression of the log errors
of earlier forecasts on the recent growth of a leading series, as that was known on the same day.
Coefficients are learned from months whose outcomes had been published by then. The dates of policy
that were announced beforehand widen the forecasts of months that contain one.

Prints the log score of each relative to `auto` alone (below 1 is better), with a bootstrap interval
over blocks of origins. Seeds are fixed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from rich.progress import track

from app.evaluation.store_vintages import StoreVintages, current_outcomes, forecastable_keys
from app.observations import queries, store
from app.observations.current import choose_current
from app.observations.observation import Observation
from app.storage.database import Database, Session
from benchmarks.measurement import NOW, loaded_record
from forecasting import Month, MonthlySeries, forecast, learn_pool, months_between
from forecasting.arrays import Array
from forecasting.scores import weighted_interval_score

HORIZON = 3
LEVELS = np.array([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])
FIRST_LEARNED, FIRST, LAST = (Month.parse(month) for month in ("2018-01", "2021-01", "2026-07"))
LEADING = {
    "usbp.southwest": (
        "panama.darien-transits",
        "mexico.irregular-events",
        "cbp-one.appointments",
        "chnv.paroles",
        "ofo.southwest",
    ),
    "uk.small-boats": ("frontex", "frontex.central-mediterranean", "frontex.western-balkan"),
}
ANNOUNCED = (
    ("2020-11-07", "2021-01-20"),  # election called, inauguration
    ("2022-04-01", "2022-05-23"),  # end of Title 42 announced for this day; a court stopped it
    ("2023-01-30", "2023-05-11"),  # end of the emergencies announced, end of Title 42
    ("2024-11-06", "2025-01-20"),  # election called, inauguration
)
"""When a date of policy became known, and the date."""
WIDENINGS = (1.25, 1.5, 2.0)
USUAL_DELAY_DAYS = 45
"""After the end of a month, for figures of which no edition of that time is in the record."""
PRIOR_MONTHS = 24
"""How many typical months of no relation a coefficient is shrunk by."""
FEWEST_MONTHS = 24
BLOCK = 6  # origins
DRAWS = 4000


@dataclass
class Origin:
    """A forecast of the target, and what leading series had done.

    logs: (HORIZON, levels) quantiles of log(1 + count); outcomes: (HORIZON,) logs, NaN if unknown
    published: (HORIZON,) when the outcomes came out; growth: by leading series
    """

    month: Month
    day: date
    logs: Array
    outcomes: Array
    published: Sequence[date | None]
    growth: dict[str, float] = field(default_factory=dict)


def main() -> None:
    with loaded_record() as database:
        outcomes = current_outcomes(database, forecastable_keys(database), today=NOW.date())
        print("| target | with | months ahead | logWIS | 95% interval | origins |")
        print("|---|---|---|---|---|---|")
        for target, leading in LEADING.items():
            if target not in outcomes:
                continue
            members = {key: one for key, one in outcomes.items() if _border(key) == _border(target)}
            origins = list(_origins(database, target, leading, members))
            for name in leading:
                _report(
                    target, f"`{name}`", [_shifted(origins, at, name) for at in _tested(origins)]
                )
            if target.startswith("usbp"):
                for by in WIDENINGS:
                    rows = [_widened(origins, at, by) for at in _tested(origins)]
                    _report(target, f"announced dates, {by:g} times as wide", rows)


def _border(key: str) -> str:
    first = key.split(".", maxsplit=1)[0]
    return "us" if first in ("usbp", "ofo", "cbp") else first


def _origins(
    database: Database, target: str, leading: Sequence[str], members: dict[str, MonthlySeries]
) -> Iterator[Origin]:
    """Every origin at which the target's newest figure was of that month."""
    pool = learn_pool(members)  # its rows hold what was known by each month
    vintages = StoreVintages(database, [target], today=NOW.date())
    with database.reading() as session:
        found = queries.require_series(session, target)
        first = {
            one.period: _first_known(one) for one in store.first_observations(session, found.id)
        }
        known_of = {name: _versions(session, name) for name in leading}
    outcome = members[target]
    for month in track(months_between(FIRST_LEARNED, LAST), description=target, transient=True):
        series = vintages(month).series.get(target)
        if series is None or series.observed_count < FEWEST_MONTHS or month not in first:
            continue
        made = forecast(series, HORIZON, pool=pool)
        ahead = [month + step for step in range(1, HORIZON + 1)]
        values = [
            outcome.values[one - outcome.start] if outcome.start <= one <= outcome.end else np.nan
            for one in ahead
        ]
        day = first[month]
        yield Origin(
            month,
            day,
            np.log1p(made.quantiles(LEVELS)),
            np.log1p(np.array(values, dtype=np.float64)),
            [first.get(one) for one in ahead],
            {name: _growth(known, day) for name, known in known_of.items()},
        )


def _first_known(figure: Observation) -> date:
    """When a figure was first published; if only a later edition is at hand, the usual day."""
    usual = figure.period.last_day + timedelta(days=USUAL_DELAY_DAYS)
    late = usual + timedelta(days=USUAL_DELAY_DAYS)
    return figure.published_on if figure.published_on <= late else usual


def _versions(session: Session, key: str) -> dict[Month, list[Observation]]:
    series = queries.require_series(session, key)
    by_month: dict[Month, list[Observation]] = {}
    for figure in store.versions(session, series.id):
        by_month.setdefault(figure.period, []).append(figure)
    return by_month


def _growth(versions: dict[Month, list[Observation]], day: date) -> float:
    """Log growth over the three months to the newest known one, NaN if that is too old."""
    known: dict[Month, float] = {}
    for month, figures in versions.items():
        published = [one for one in figures if one.published_on <= day]
        if not published and (day - month.last_day).days >= USUAL_DELAY_DAYS:
            published = figures[:1]
        current = choose_current(published) if published else None
        if current is not None and current.value is not None:
            known[month] = float(np.log1p(current.value))
    if not known:
        return np.nan
    newest = max(known)
    if Month.containing(day) - newest > 4 or newest - 3 not in known:
        return np.nan
    return float(np.clip(known[newest] - known[newest - 3], -2, 2))


def _tested(origins: list[Origin]) -> list[int]:
    return [at for at, origin in enumerate(origins) if origin.month >= FIRST]


def _shifted(origins: list[Origin], at: int, name: str) -> tuple[Array, Array]:
    """The scores of a forecast alone, and shifted by what a leading series' growth told before."""
    origin = origins[at]
    logs = origin.logs.copy()
    growth = origin.growth[name]
    for step in range(HORIZON if np.isfinite(growth) else 0):
        past = [
            (one.growth[name], one.outcomes[step] - one.logs[step, LEVELS.size // 2])
            for one in origins[:at]
            if (published := one.published[step]) is not None and published <= origin.day
        ]
        told = np.array([row for row in past if np.isfinite(row).all()]).reshape(-1, 2)
        if len(told) < 12:
            continue
        x, error = told.T
        logs[step] += growth * (x @ error) / (x @ x + PRIOR_MONTHS * np.mean(x**2))
    return _scores(origin.logs, origin), _scores(logs, origin)


def _widened(origins: list[Origin], at: int, by: float) -> tuple[Array, Array]:
    """The scores of a forecast alone, and wider from the month of an announced date on."""
    origin = origins[at]
    logs = origin.logs.copy()
    for known, day in ANNOUNCED:
        if date.fromisoformat(known) <= origin.day:
            first = Month.containing(date.fromisoformat(day)) - origin.month
            if 1 <= first <= HORIZON:
                middle = logs[first - 1 :, LEVELS.size // 2, None]
                logs[first - 1 :] = middle + by * (logs[first - 1 :] - middle)
    return _scores(origin.logs, origin), _scores(logs, origin)


def _scores(logs: Array, origin: Origin) -> Array:
    """(HORIZON,) weighted interval scores on logs; NaN without an outcome."""
    known = np.isfinite(origin.outcomes)
    scores = np.full(HORIZON, np.nan)
    scores[known] = weighted_interval_score(logs[known], LEVELS, origin.outcomes[known])
    return scores


def _report(target: str, name: str, rows: list[tuple[Array, Array]]) -> None:
    alone, other = (np.array(one) for one in zip(*rows, strict=True))
    for ahead in (1, 2, 3, None):
        chosen = slice(None) if ahead is None else slice(ahead - 1, ahead)
        base, new = (np.nansum(one[:, chosen], axis=1) for one in (alone, other))
        changed = int((~np.isclose(base, new)).sum())
        low, high = np.quantile(_bootstrap(base, new), [0.025, 0.975])
        ratio = new.sum() / base.sum()
        label = "1 to 3" if ahead is None else ahead
        print(
            f"| `{target}` | {name} | {label} | {ratio:.3f} | {low:.3f} to {high:.3f} | "
            f"{len(base)}, {changed} changed |",
            flush=True,
        )


def _bootstrap(base: Array, new: Array) -> Array:
    """Ratios of sums over blocks of origins that are drawn again and again."""
    rng = np.random.default_rng(0)
    blocks = -(-len(base) // BLOCK)
    starts = rng.integers(0, max(len(base) - BLOCK, 1), (DRAWS, blocks))
    rows = (starts[:, :, None] + np.arange(BLOCK)).reshape(DRAWS, -1)[:, : len(base)]
    return np.asarray(new[rows].sum(axis=1) / base[rows].sum(axis=1))


if __name__ == "__main__":
    main()
