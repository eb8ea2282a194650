"""What a backtest found: every forecast beside its outcome, and the scores."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from forecasting.arrays import Array
from forecasting.month import Month
from forecasting.scores import HUB_LEVELS, weighted_interval_score

Words: TypeAlias = NDArray[np.str_]
Integers: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

BASELINE = "log-random-walk"
"The baseline, which relative scores compare with."


@dataclass(frozen=True, slots=True)
class ForecastOutcome:
    """One forecast of one count: `months` is 1, or the number of months that a sum covers."""

    key: str
    model: str
    origin: Month
    horizon: int
    months: int
    target: Month
    observed: float
    vintage: str
    quantiles: Array


@dataclass(frozen=True, eq=False)
class BacktestReport:
    """Forecasts of c cells by m models, with the outcomes.

    A cell is a month `horizon` months after an origin, or the sum of the first `months` months
    (horizon and months are then equal). Cells are ordered by origin, series, months and horizon.

    models: (m,) names
    key: (c,) series; vintage: (c,) "as known" or "reconstructed": how the figures of the origin
        were known
    origin, target: (c,) `Month.ordinal`
    horizon, months: (c,) integers
    observed: (c,) outcomes
    scale: (c,) mean absolute seasonal change of the series up to the origin, NaN where there is
        none
    quantiles: (m, c, 23) counts at HUB_LEVELS
    crps, pit: (m, c) of all draws: in counts, and from 0 to 1
    superseded: (c,) whether the outcome is a figure that has been restated; by default none is
    """

    models: tuple[str, ...]
    key: Words
    vintage: Words
    origin: Integers
    target: Integers
    horizon: Integers
    months: Integers
    observed: Array
    scale: Array
    quantiles: Array
    crps: Array
    pit: Array
    superseded: Mask = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))

    def __post_init__(self) -> None:
        if not self.superseded.size:
            object.__setattr__(self, "superseded", np.zeros(self.key.size, dtype=np.bool_))

    def __len__(self) -> int:
        """The number of cells."""
        return self.key.size

    @property
    def wis(self) -> Array:
        """(m, c) weighted interval score in counts."""
        return weighted_interval_score(self.quantiles, HUB_LEVELS, self._outcomes)

    @property
    def log_wis(self) -> Array:
        """(m, c) weighted interval score on log(1 + count)."""
        return weighted_interval_score(
            np.log1p(self.quantiles), HUB_LEVELS, np.log1p(self._outcomes)
        )

    @property
    def absolute_scaled_error(self) -> Array:
        """(m, c) of the median, in seasonal changes of the history; NaN where that has none."""
        return np.asarray(np.abs(self._at(0.5) - self.observed) / self.scale)

    @property
    def bias(self) -> Array:
        """(m, c) from -1, all draws below the outcome, to 1, all above it."""
        return 1 - 2 * self.pit

    def covered(self, level: int) -> Mask:
        """(m, c) whether the central interval of `level` percent holds the outcome."""
        lower, upper = self._at((100 - level) / 200), self._at((100 + level) / 200)
        return np.asarray((lower <= self.observed) & (self.observed <= upper))

    def select(self, cells: Mask) -> "BacktestReport":
        """The report of some of the cells, (c,)."""
        of_models = ("quantiles", "crps", "pit")
        arrays = self.arrays()
        models = arrays.pop("models")
        kept = {
            name: array[:, cells] if name in of_models else array[cells]
            for name, array in arrays.items()
        }
        return BacktestReport.of({"models": models, **kept})

    def rows(self) -> Iterator[ForecastOutcome]:
        """Every forecast, model by model."""
        for nth, model in enumerate(self.models):
            for at in range(len(self)):
                yield ForecastOutcome(
                    key=str(self.key[at]),
                    model=model,
                    origin=Month(int(self.origin[at])),
                    horizon=int(self.horizon[at]),
                    months=int(self.months[at]),
                    target=Month(int(self.target[at])),
                    observed=float(self.observed[at]),
                    vintage=str(self.vintage[at]),
                    quantiles=self.quantiles[nth, at],
                )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Every field as an array, by name: what `numpy.savez` takes and `Report.of` takes back."""
        return {one.name: np.asarray(getattr(self, one.name)) for one in fields(self)}

    @classmethod
    def of(cls, arrays: dict[str, NDArray[Any]]) -> "BacktestReport":
        """A report from its arrays."""
        models = tuple(str(name) for name in arrays["models"])
        return cls(models, **{name: array for name, array in arrays.items() if name != "models"})

    @property
    def _outcomes(self) -> Array:
        return np.broadcast_to(self.observed, (len(self.models), len(self)))

    def _at(self, probability: float) -> Array:
        at = np.flatnonzero(np.isclose(HUB_LEVELS, probability))
        if at.size == 0:
            raise ValueError(
                f"the report has no quantile at {probability:g}, only at {HUB_LEVELS.tolist()}"
            )
        return np.asarray(self.quantiles[:, :, at[0]])
