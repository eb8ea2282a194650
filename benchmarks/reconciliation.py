"""What adding up costs or gains: run `python -m benchmarks.reconciliation`.

Forecasts every series of the bundled record from every sixth month on, from the end of 2011,
reconciles each hierarchy, and scores both against the figures as known now. A ratio below 1 means
that the reconciled forecasts are better. --every 3 takes every third month.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import track

from app.evaluation.store_vintages import current_outcomes
from app.forecasts.pools import group_of
from app.forecasts.specification import Group
from app.observations.bundled_record import FEWEST_FIGURES
from app.observations.store import all_series
from app.reconciliation.hierarchies import Hierarchy, Place, find_hierarchies
from benchmarks.measurement import NOW, loaded_record
from benchmarks.panel import FIRST_ORIGIN, HORIZON
from benchmarks.scoring import CELL, LEVELS, QUANTILES, ratio, scored
from forecasting import Member, Month, MonthlySeries, Pool, forecast, learn_pool, reconcile
from forecasting.arrays import Array
from forecasting.backtest.rolling_origin import up_to

EVERY = 6
DRAWS = 1000
BEFORE, AFTER = "base", "reconciled"


@dataclass(frozen=True)
class Record:
    """The series of the bundled record that are forecast or once were, and where they belong."""

    series: Mapping[str, MonthlySeries]
    places: Mapping[str, Place]
    groups: Mapping[str, Group]

    def level(self, key: str) -> str:
        """The border and the dimension of a series, such as `us sector`."""
        place = self.places[key]
        part = "whole" if place.parent not in self.series else place.dimension
        return f"{self.groups[key].border} {part}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--every", type=int, default=EVERY, help="forecast from every so many months only"
    )
    given = parser.parse_args()
    record = read_record()
    last = max(one.end for one in record.series.values()) - 1
    origins = [FIRST_ORIGIN + step for step in range(0, last - FIRST_ORIGIN + 1, given.every)]
    cells: list[tuple[object, ...]] = []
    seconds: list[tuple[float, int]] = []
    gap = 0.0
    for origin in track(origins, "Forecasting", console=Console(stderr=True)):
        for hierarchy, members in forecast_hierarchies(record, origin):
            began = time.perf_counter()
            made = reconcile(members, hierarchy.sums)
            seconds.append((time.perf_counter() - began, len(members)))
            gap = max(gap, largest_gap(hierarchy, made))
            for key in hierarchy.members:
                for model, paths in ((BEFORE, members[key].paths), (AFTER, made[key])):
                    cells += quantile_rows(model, key, origin, paths)
    rows = scored(pd.DataFrame(cells, columns=["model", *CELL, *QUANTILES]), dict(record.series))
    report(rows, record)
    print(f"\nlargest difference between a total and the sum of its parts in any path: {gap:g}")
    slowest, series = max(seconds)
    print(f"slowest hierarchy: {series} series, {DRAWS} draws, {HORIZON} months, {slowest:.2f} s")


def read_record() -> Record:
    with loaded_record() as database:
        with database.reading() as session:
            rows = [row for row in all_series(session) if not row.covariate]
            places = {row.key: Place.of(row) for row in rows}
            groups = {row.key: group_of(row) for row in rows}
        return Record(current_outcomes(database, list(places), today=NOW.date()), places, groups)


def forecast_hierarchies(
    record: Record, origin: Month
) -> Iterator[tuple[Hierarchy, dict[str, Member]]]:
    """The hierarchies of the series that have a figure for the month, with their forecasts."""
    known, closed = {}, {}
    for key, series in record.series.items():
        cut = up_to(series, origin)
        if cut is None or cut.observed_count < FEWEST_FIGURES:
            continue
        if cut.end == origin:
            known[key] = cut
        elif record.places[key].closed:
            closed[key] = cut
    by_group: dict[Group, dict[str, MonthlySeries]] = defaultdict(dict)
    for key, series in known.items():
        by_group[record.groups[key]][key] = series
    pools = {group: learn_pool(series) for group, series in by_group.items()}
    for hierarchy in find_hierarchies(record.places.values(), known, closed):
        pool = pools[record.groups[hierarchy.members[0]]]
        histories = {key: known[key] for key in hierarchy.members} | dict(hierarchy.residuals)
        yield hierarchy, {key: member(series, pool) for key, series in histories.items()}


def member(series: MonthlySeries, pool: Pool | None) -> Member:
    return Member(series, forecast(series, HORIZON, draws=DRAWS, pool=pool).paths)


def largest_gap(hierarchy: Hierarchy, made: Mapping[str, Array]) -> float:
    return max(
        float(np.abs(made[one.total] - sum(made[part] for part in one.parts)).max())
        for one in hierarchy.sums
    )


def quantile_rows(
    model: str, key: str, origin: Month, paths: Array
) -> Iterator[tuple[object, ...]]:
    quantiles = np.quantile(paths, LEVELS, axis=0, method="hazen").T
    for ahead, values in enumerate(quantiles, start=1):
        yield (model, key, str(origin), ahead, *values)


def report(rows: pd.DataFrame, record: Record) -> None:
    """One row a level, border, and for all: ratios of scores after to before, and coverage before
    and after."""
    level = rows.series.map(record.level)
    border = "all of " + level.str.split().str[0]
    lines = {}
    for name, part in [*rows.groupby(level), *rows.groupby(border), ("all", rows)]:
        coverage = part.groupby("model")[["c50", "c80", "c95"]].mean()
        lines[name] = [
            part.series.nunique(),
            len(part) // 2,
            ratio(part, "wis", BEFORE)[AFTER],
            ratio(part, "log_wis", BEFORE)[AFTER],
            *coverage.loc[BEFORE],
            *coverage.loc[AFTER],
        ]
    columns = ["series", "cells", "WIS", "log WIS"]
    columns += [f"{name} {when}" for when in ("before", "after") for name in ("c50", "c80", "c95")]
    print(pd.DataFrame.from_dict(lines, orient="index", columns=columns).round(3).to_string())


if __name__ == "__main__":
    main()
