"""One origin of a backtest: its scored forecasts, as bytes that can be stored and sent."""

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np

from forecasting.arrays import Array
from forecasting.auto.pool_learning import learn_pool
from forecasting.distribution import Forecast, Parameters
from forecasting.forecaster import forecast
from forecasting.models import POOLED
from forecasting.month import Month
from forecasting.scores import HUB_LEVELS, crps_from_samples, probability_integral_transform
from forecasting.series import MonthlySeries


@dataclass(frozen=True, slots=True)
class Target:
    """A count to forecast: of the month `horizon` months ahead, or the sum of the first `months`.

    `row` is where an origin's arrays have it. `layer` is 0 for a count as known in the end; for one
    that was restated, from 1 on, which of the figures before it is.
    """

    row: int
    horizon: int
    months: int
    observed: float
    layer: int = 0


@dataclass(frozen=True, eq=False)
class OriginTask:
    """What to forecast at one origin by one model, and how it turned out.

    series: as known then, all with a figure for `month`
    outcomes: by key, (horizon,) counts of the months after, NaN where there is none; never shown to
        a model
    sums: months from the origin on whose sums are scored too
    superseded: by key, (layers, horizon) figures that were restated, NaN where there is none
    pool_members: by key, the series that the pool of its forecast is learned from; by default all
    start: parameters of an earlier origin's fits, by key
    before: digest of that origin
    refit: whether models are fitted, starting from these parameters, or hold them where they can
    """

    model: str
    month: Month
    series: Mapping[str, MonthlySeries]
    outcomes: Mapping[str, Array]
    sums: tuple[int, ...]
    horizon: int
    seed: int
    draws: int
    superseded: Mapping[str, Array] = field(default_factory=dict)
    pool_members: Mapping[str, Mapping[str, MonthlySeries]] = field(default_factory=dict)
    start: Mapping[str, Parameters] | None = None
    previous_digest: str = ""
    refit: bool = True

    def start_from(self, results: "OriginResult", *, refit: bool) -> "OriginTask":
        """The same, started from the fits of an earlier origin or, without `refit`, holding
        them."""
        return replace(self, start=results.parameters, previous_digest=results.digest, refit=refit)

    @property
    def digest(self) -> str:
        """Names everything that the result follows from, the code included: SHA-256."""
        digest = hashlib.sha256(
            f"{_code()}|{self.previous_digest}|{self.refit}|{self.model}|{self.month}|{self.sums}|{self.horizon}|"
            f"{self.seed}|{self.draws}".encode()
        )
        for key, one in self.series.items():
            digest.update(_content(key, one) + self.outcomes[key].tobytes())
            if key in self.superseded:
                digest.update(self.superseded[key].tobytes())
        for members, keys in self.pools:
            digest.update(f"|{keys}|".encode())
            for key, one in members.items():
                digest.update(_content(key, one))
        return digest.hexdigest()

    @property
    def pools(self) -> list[tuple[Mapping[str, MonthlySeries], list[str]]]:
        """The series that each pool is learned from, with the keys whose forecasts use it."""
        found: dict[int, tuple[Mapping[str, MonthlySeries], list[str]]] = {}
        for key in self.series:
            members = self.pool_members.get(key, self.series)
            found.setdefault(id(members), (members, []))[1].append(key)
        return list(found.values())


@dataclass(frozen=True, eq=False)
class OriginResult:
    """The forecasts made at one origin.

    observed: (series, places) outcomes of the months and then of the sums, NaN where there is none
    quantiles: (series, places, 23); crps, pit: (series, places), NaN where there is no outcome
    superseded, superseded_crps, superseded_pit: (series, layers, horizon) the same of figures that
        were restated
    """

    digest: str
    keys: tuple[str, ...]
    sums: tuple[int, ...]
    parameters: Mapping[str, Parameters]
    observed: Array
    quantiles: Array
    crps: Array
    pit: Array
    superseded: Array
    superseded_crps: Array
    superseded_pit: Array

    def targets(self, key: str) -> Iterator[Target]:
        """The counts of one series that have an outcome: single months, sums, and the months that
        were restated with the figures before."""
        observed = self.observed[self.keys.index(key)]
        horizon = observed.size - len(self.sums)
        lengths = [
            *((ahead + 1, 1) for ahead in range(horizon)),
            *((months, months) for months in self.sums),
        ]
        for row, (ahead, months) in enumerate(lengths):
            if not np.isnan(observed[row]):
                yield Target(row, ahead, months, float(observed[row]))
        earlier = self.superseded[self.keys.index(key)]
        for layer, row in np.argwhere(~np.isnan(earlier)).tolist():
            yield Target(row, row + 1, 1, float(earlier[layer, row]), layer + 1)

    def scored(self, key: str, target: Target) -> tuple[Array, float, float]:
        """Quantiles (23,), CRPS and PIT of one count."""
        series = self.keys.index(key)
        at, quantiles = (series, target.row), self.quantiles[series, target.row]
        if not target.layer:
            return quantiles, float(self.crps[at]), float(self.pit[at])
        at_layer = series, target.layer - 1, target.row
        return (
            quantiles,
            float(self.superseded_crps[at_layer]),
            float(self.superseded_pit[at_layer]),
        )

    @classmethod
    def read(cls, content: bytes) -> "OriginResult":
        """From the bytes that `forecast_origin` gives."""
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            header = json.loads(str(arrays["header"]))
            return cls(
                digest=header["digest"],
                keys=tuple(header["keys"]),
                sums=tuple(header["sums"]),
                parameters={
                    key: {name: tuple(values) for name, values in learned.items()}
                    for key, learned in header["parameters"].items()
                },
                observed=arrays["observed"],
                quantiles=arrays["quantiles"],
                crps=arrays["crps"],
                pit=arrays["pit"],
                superseded=arrays["superseded"],
                superseded_crps=arrays["superseded_crps"],
                superseded_pit=arrays["superseded_pit"],
            )


def forecast_origin(origin: OriginTask) -> bytes:
    """Forecast every series of an origin and score it; runs anywhere.

    Gives bytes for `Finished.read`.
    """
    made = _forecasts(origin)
    targets = origin.horizon + len(origin.sums)
    observed = np.full((len(made), targets), np.nan)
    quantiles = np.empty((len(made), targets, HUB_LEVELS.size))
    crps, pit = np.full((len(made), targets), np.nan), np.full((len(made), targets), np.nan)
    superseded = _stacked(origin, list(made))
    superseded_crps, superseded_pit = np.full((2, *superseded.shape), np.nan)
    for row, (key, one) in enumerate(made.items()):
        counts = origin.outcomes[key]
        observed[row] = [*counts, *(counts[:months].sum() for months in origin.sums)]
        sums = [one.paths[:, :months].sum(axis=1) for months in origin.sums]
        drawn = np.column_stack([one.paths, *sums])
        quantiles[row] = np.quantile(drawn, HUB_LEVELS, axis=0, method="hazen").T
        known = ~np.isnan(observed[row])
        crps[row, known] = crps_from_samples(drawn[:, known], observed[row, known])
        pit[row, known] = probability_integral_transform(drawn[:, known], observed[row, known])
        for layer, earlier in enumerate(superseded[row]):
            known = ~np.isnan(earlier)
            paths = one.paths[:, known]
            superseded_crps[row, layer, known] = crps_from_samples(paths, earlier[known])
            superseded_pit[row, layer, known] = probability_integral_transform(
                paths, earlier[known]
            )
    header = {
        "digest": origin.digest,
        "keys": list(made),
        "sums": origin.sums,
        "parameters": {
            key: {name: list(values) for name, values in one.parameters.items()}
            for key, one in made.items()
        },
    }
    content = io.BytesIO()
    np.savez_compressed(
        content,
        header=json.dumps(header),
        observed=observed,
        quantiles=quantiles,
        crps=crps,
        pit=pit,
        superseded=superseded,
        superseded_crps=superseded_crps,
        superseded_pit=superseded_pit,
    )
    return content.getvalue()


def _forecasts(origin: OriginTask) -> dict[str, Forecast]:
    """The forecast of every series, in their order."""
    start, made = origin.start or {}, {}
    for members, keys in origin.pools:
        pool = learn_pool(members) if origin.model in POOLED else None
        for key in keys:
            made[key] = forecast(
                origin.series[key],
                origin.horizon,
                origin.model,
                origin.seed,
                draws=origin.draws,
                start=start.get(key),
                refit=origin.refit,
                pool=pool,
            )
    return {key: made[key] for key in origin.series}


def _stacked(origin: OriginTask, keys: list[str]) -> Array:
    """(series, layers, horizon) the figures that were restated, NaN where there is none."""
    layers = max((len(origin.superseded.get(key, ())) for key in keys), default=0)
    stacked = np.full((len(keys), layers, origin.horizon), np.nan)
    for row, key in enumerate(keys):
        if key in origin.superseded:
            stacked[row, : len(origin.superseded[key])] = origin.superseded[key]
    return stacked


def _content(key: str, series: MonthlySeries) -> bytes:
    """What a forecast sees of a series, for a digest."""
    errors = [error and astuple(error) for error in series.measurement or ()]
    return f"|{key}|{series.start}|{errors}|".encode() + series.values.tobytes()


@cache
def _code() -> str:
    """Digest of the package's source: what was computed by other code is computed again."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent.parent
    for file in sorted(folder.rglob("*.py")):
        digest.update(f"{file.relative_to(folder).as_posix()}\n".encode() + file.read_bytes())
    return digest.hexdigest()
