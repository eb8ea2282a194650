"""Backtests: forecast from one past month after another, using only what was known then."""

from collections import deque
from collections.abc import Callable, Container, Iterator, Mapping, MutableMapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from forecasting.arrays import Array
from forecasting.backtest.origins import OriginResult, OriginTask, forecast_origin
from forecasting.backtest.report import BASELINE, BacktestReport
from forecasting.forecaster import DRAWS
from forecasting.models import POOLED, require_known
from forecasting.month import Month, months_between
from forecasting.scores import seasonal_scale
from forecasting.series import FEWEST_OBSERVED, LONGEST_HORIZON, MonthlySeries

SUMS = (3, 6, 12)
"""Months from the origin on whose sums are scored too, as far as the horizon reaches."""

AS_KNOWN = "as known"
RECONSTRUCTED = "reconstructed"

PoolMembers: TypeAlias = Callable[[str], Mapping[str, MonthlySeries]]


@dataclass(frozen=True, eq=False)
class Vintage:
    """The figures as known at an origin.

    Parameters
    ----------
    series : mapping of str to MonthlySeries
        The series as known, by key.
    reconstructed : container of str
        The keys of series that are reconstructed from later releases.
    pool_members : callable, optional
        Called with a key, gives the series that the pool of its forecast is learned from, by key,
        none beyond the origin. By default they are all of `series` that have a figure at the
        origin. Keys with the same mapping share a pool.

    Examples
    --------
    >>> vintage = Vintage({"a": MonthlySeries("2024-01", [1, 2, 3])}, reconstructed={"a"})
    >>> vintage.kind("a")
    'reconstructed'
    """

    series: Mapping[str, MonthlySeries]
    reconstructed: Container[str] = ()
    pool_members: PoolMembers | None = None

    def kind(self, key: str) -> str:
        """Say how the figures of a series were known: "as known" or "reconstructed"."""
        return RECONSTRUCTED if key in self.reconstructed else AS_KNOWN


Vintages: TypeAlias = (
    Mapping[Month, Vintage | Mapping[str, MonthlySeries]]
    | Callable[[Month], Vintage | Mapping[str, MonthlySeries]]
)


def backtest(
    series: Mapping[str, MonthlySeries],
    horizon: int = 12,
    first_origin: Month | str = "2011-12",
    refit_every: int = 12,
    models: Sequence[str] = ("auto",),
    vintages: Vintages | None = None,
    seed: int = 0,
    *,
    last_origin: Month | str | None = None,
    every: int = 1,
    superseded: Mapping[str, Sequence[MonthlySeries]] | None = None,
    executor: Executor | None = None,
    draws: int = DRAWS,
    checkpoint: MutableMapping[str, bytes] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> BacktestReport:
    """Forecast every series from every past origin, and score the forecasts.

    An origin is a month from `first_origin` on that is followed by an outcome. A series is forecast
    from the origins at which it has a figure, if it has at least 3 figures by then. At the first of
    every `refit_every` origins, a model is fitted, starting from the parameters of the fit before.
    At the others, it keeps the parameters of the last fit and applies them to the figures known by
    then. The baseline is always among the models.

    The same arguments give the same bytes, whatever the executor.

    Parameters
    ----------
    series : mapping of str to MonthlySeries
        The outcomes, by key.
    horizon : int
        1 to 36 months.
    first_origin : Month or str
    refit_every : int
        The number of origins from one fit to the next.
    models : sequence of str
        Names from `forecasting.MODELS`.
    vintages : mapping or callable, optional
        For an origin, the series as known when its month was the newest; none may go beyond it. By
        default every series is cut off at the origin, as if its figures had never been revised.
    seed, draws : int
        As for `forecast`.
    last_origin : Month or str, optional
        By default the last month that is followed by an outcome.
    every : int
        Use only every so many months as an origin.
    superseded : mapping of str to sequence of MonthlySeries, optional
        Figures that months had before they were restated, by key. Forecasts of single months are
        scored against them too; `superseded` of the report tells these cells from the others.
    executor : concurrent.futures.Executor, optional
        As for `forecast_each`. The models run side by side, and so do the next fit of a model and
        the origins since its last fit.
    checkpoint : mutable mapping of str to bytes, optional
        Keeps finished origins by a digest of the code and of everything that goes into them. With a
        mapping that is stored in a file, an interrupted run can be continued.
    progress : callable, optional
        Called with the number of finished origins of all models, and the number of all.

    Returns
    -------
    BacktestReport

    Raises
    ------
    ValueError
        If an argument is not as described, or nothing can be scored.

    Examples
    --------
    >>> values = [100, 120, 90, 110, 130, 95, 105, 125, 100, 115]
    >>> report = backtest({"a": MonthlySeries("2024-01", values)}, horizon=2,
    ...                   first_origin="2024-06", models=["log-random-walk"], draws=100)
    >>> report.models, sorted({str(Month(origin)) for origin in report.origin.tolist()})
    (('log-random-walk',), ['2024-06', '2024-07', '2024-08', '2024-09'])
    """
    for model in models:
        require_known(model)
    if not 1 <= horizon <= LONGEST_HORIZON:
        raise ValueError(f"horizon is {horizon}, expected 1 to {LONGEST_HORIZON} months")
    for name, given in (("refit_every", refit_every), ("every", every)):
        if given < 1:
            raise ValueError(f"{name} is {given}, expected 1 or more")
    names = tuple(dict.fromkeys((BASELINE, *models)))
    plan = _Plan(series, superseded or {}, horizon, seed, draws, _known_at(series, vintages))
    origins = _origins(series, _month(first_origin), _month(last_origin))[::every]
    runs = [_ModelRun(plan, model, origins, refit_every) for model in names]
    results: dict[tuple[str, Month], OriginResult] = {}
    for origin, one in _run(runs, executor, {} if checkpoint is None else checkpoint):
        results[origin.model, origin.month] = one
        if progress is not None:
            progress(len(results), len(names) * len(origins))
    return _report(plan, names, origins, results)


@dataclass(frozen=True, eq=False)
class _Plan:
    """What the runs of all models have in common."""

    outcomes: Mapping[str, MonthlySeries]
    superseded: Mapping[str, Sequence[MonthlySeries]]
    horizon: int
    seed: int
    draws: int
    known_at: Callable[[Month], Vintage]

    def origin(self, model: str, month: Month) -> OriginTask:
        vintage = self.known_at(month)
        known, members = vintage.series, vintage.pool_members
        series = {key: one for key, one in known.items() if _forecastable(one, month)}
        return OriginTask(
            model=model,
            month=month,
            series=series,
            superseded={
                key: np.array([_after(one, month, self.horizon) for one in self.superseded[key]])
                for key in series
                if self.superseded.get(key)
            },
            pool_members={key: members(key) for key in series}
            if members is not None and model in POOLED
            else {},
            outcomes={key: _after(self.outcomes[key], month, self.horizon) for key in known},
            sums=tuple(months for months in SUMS if months <= self.horizon),
            horizon=self.horizon,
            seed=self.seed,
            draws=self.draws,
        )


@dataclass(frozen=True, eq=False)
class _ModelRun:
    """The origins of one model: each fit follows the one before, and the origins that keep its
    parameters follow the fit."""

    plan: _Plan
    model: str
    origins: Sequence[Month]
    refit_every: int

    def first(self) -> OriginTask:
        """The origin that waits for no other."""
        return self.plan.origin(self.model, self.origins[0])

    def following(self, origin: OriginTask, results: OriginResult) -> list[OriginTask]:
        """The origins that waited for this one, the next fit ahead of those between."""
        if not origin.refit:
            return []
        at = self.origins.index(origin.month)
        stretch = self.origins[at : at + self.refit_every + 1]
        refit, between = stretch[self.refit_every :], stretch[1 : self.refit_every]
        return [
            *(
                self.plan.origin(self.model, month).start_from(results, refit=True)
                for month in refit
            ),
            *(
                self.plan.origin(self.model, month).start_from(results, refit=False)
                for month in between
            ),
        ]


def _run(
    runs: Sequence[_ModelRun], executor: Executor | None, checkpoint: MutableMapping[str, bytes]
) -> Iterator[tuple[OriginTask, OriginResult]]:
    """Every origin of every run once it is finished and stored."""
    ready = deque((run, run.first()) for run in runs)
    under_way: dict[Future[bytes], tuple[_ModelRun, OriginTask]] = {}
    try:
        while ready or under_way:
            if ready:
                run, origin = ready.popleft()
                content = checkpoint.get(origin.digest)
                if content is None and executor is not None:
                    under_way[executor.submit(forecast_origin, origin)] = run, origin
                    continue
                content = content or forecast_origin(origin)
            else:
                future = next(iter(wait(under_way, return_when=FIRST_COMPLETED).done))
                run, origin = under_way.pop(future)
                content = future.result()
            checkpoint[origin.digest] = content
            results = OriginResult.read(content)
            ready.extend((run, following) for following in run.following(origin, results))
            yield origin, results
    finally:
        for future in under_way:
            future.cancel()


def _report(
    plan: _Plan,
    models: tuple[str, ...],
    origins: Sequence[Month],
    results: Mapping[tuple[str, Month], OriginResult],
) -> BacktestReport:
    """Every forecast that has an outcome, in the order of origin, series, months and horizon."""
    columns: dict[str, list[object]] = {
        name: []
        for name in (
            "key",
            "vintage",
            "origin",
            "target",
            "horizon",
            "months",
            "observed",
            "scale",
            "superseded",
        )
    }
    scored: list[list[tuple[Array, float, float]]] = [[] for _ in models]
    for origin in origins:
        vintage = plan.known_at(origin)
        for key in results[models[0], origin].keys:
            scale = seasonal_scale(vintage.series[key].values)
            for target in results[models[0], origin].targets(key):
                columns["key"].append(key)
                columns["vintage"].append(vintage.kind(key))
                columns["origin"].append(origin.ordinal)
                columns["target"].append((origin + target.horizon).ordinal)
                columns["horizon"].append(target.horizon)
                columns["months"].append(target.months)
                columns["observed"].append(target.observed)
                columns["scale"].append(scale)
                columns["superseded"].append(target.layer > 0)
                for nth, model in enumerate(models):
                    scored[nth].append(results[model, origin].scored(key, target))
    if not columns["key"]:
        raise ValueError(
            "no series has a figure at an origin and one after it, so there is nothing to score"
        )
    return BacktestReport(
        models=models,
        **{name: np.array(values) for name, values in columns.items()},
        quantiles=np.array([[quantiles for quantiles, _, _ in of_model] for of_model in scored]),
        crps=np.array([[crps for _, crps, _ in of_model] for of_model in scored]),
        pit=np.array([[pit for _, _, pit in of_model] for of_model in scored]),
    )


def _known_at(
    series: Mapping[str, MonthlySeries], vintages: Vintages | None
) -> Callable[[Month], Vintage]:
    """The vintage of an origin, which holds no month beyond it."""
    if vintages is None:
        return lambda origin: Vintage(
            {key: cut for key, one in series.items() if (cut := up_to(one, origin)) is not None},
            series,
        )
    remembered: dict[Month, Vintage] = {}

    def known_at(origin: Month) -> Vintage:
        if origin not in remembered:
            given = vintages(origin) if callable(vintages) else vintages[origin]
            vintage = given if isinstance(given, Vintage) else Vintage(given)
            for key, one in vintage.series.items():
                if one.end > origin:
                    raise ValueError(
                        f"vintage of {origin} has {key} through {one.end}, expected no later"
                    )
            known = {key: one for key, one in vintage.series.items() if key in series}
            remembered[origin] = replace(vintage, series=known)
        return remembered[origin]

    return known_at


def up_to(series: MonthlySeries, last: Month) -> MonthlySeries | None:
    """The series without the months after `last`; None where nothing is left."""
    months = last - series.start + 1
    values = series.values[: max(months, 0)]
    if not values.size or np.isnan(values).all():
        return None
    measurement = None if series.measurement is None else series.measurement[:months]
    return MonthlySeries(series.start, values, measurement)


def _origins(
    series: Mapping[str, MonthlySeries], first: Month | None, last: Month | None
) -> list[Month]:
    if not series:
        raise ValueError("series is empty, expected at least one")
    newest = max(one.end for one in series.values()) - 1
    oldest = max(first or newest, min(one.start for one in series.values()))
    origins = months_between(oldest, newest if last is None else min(last, newest))
    if not origins:
        raise ValueError(f"there is no origin from {first} to {last or newest}")
    return origins


def _forecastable(series: MonthlySeries, origin: Month) -> bool:
    return series.end == origin and series.observed_count >= FEWEST_OBSERVED


def _after(series: MonthlySeries, origin: Month, horizon: int) -> Array:
    """(horizon,) the counts of the months after `origin`, NaN where there is none."""
    counts = np.full(horizon, np.nan)
    for step in range(horizon):
        at = origin - series.start + 1 + step
        if 0 <= at < len(series):
            counts[step] = series.values[at]
    return counts


def _month(given: Month | str | None) -> Month | None:
    return Month.parse(given) if isinstance(given, str) else given
