"""The pool: what series learn from each other, as a value that can be stored and sent."""

import hashlib
import io
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from forecasting.arrays import Array, read_only
from forecasting.month import Month


@dataclass(frozen=True, eq=False)
class PoolRows:
    """The rows of a pool in the months of one series.

    evidence: (T, G); excess_volatility: (T,); ratio: (T, horizon), as in `Pool`
    """

    evidence: Array
    excess_volatility: Array
    ratio: Array


@dataclass(frozen=True, eq=False)
class Pool:
    """What the model `auto` learns from many series, by calendar month.

    Each row uses only what was known by its month. Numbers have the precision of a float32, so that
    a pool and its bytes are the same pool. `learn_pool` makes one.

    Parameters
    ----------
    first : Month
        The month of the first row.
    evidence : array, shape (T, G)
        The mean log weight that past errors give each filter.
    excess_volatility : array, shape (T,)
        The mean log ratio of the current size of errors to the usual one.
    ratio : array, shape (T, horizon)
        The log ratio of past to expected absolute errors.
    products : array, shape (Y, horizon, horizon)
        Products of errors over the horizons, summed by the calendar year that completed them, from
        the year of `first` on.
    windows : array, shape (Y,)
        How many independent windows each of these sums contains.

    Raises
    ------
    ValueError
        If the shapes of the arrays do not fit each other.

    Examples
    --------
    >>> from forecasting import MonthlySeries, learn_pool
    >>> series = {key: MonthlySeries("2020-01", range(1, 41)) for key in "abcde"}
    >>> pool = learn_pool(series)
    >>> Pool.from_bytes(pool.to_bytes()).version == pool.version
    True
    """

    first: Month
    evidence: Array
    excess_volatility: Array
    ratio: Array
    products: Array
    windows: Array

    def __post_init__(self) -> None:
        for name in _ARRAYS:
            single = np.asarray(getattr(self, name), dtype=np.float32)
            object.__setattr__(self, name, read_only(single.astype(np.float64)))
        months, horizon = self.ratio.shape
        years = self.last.year - self.first.year + 1
        shapes = {
            "evidence": (months, *self.evidence.shape[1:]),
            "excess_volatility": (months,),
            "products": (years, horizon, horizon),
            "windows": (years,),
        }
        for name, expected in shapes.items():
            if getattr(self, name).shape != expected:
                raise ValueError(
                    f"{name} has shape {getattr(self, name).shape}, expected {expected}"
                )

    @property
    def last(self) -> Month:
        """The month of the last row."""
        return self.first + (len(self.ratio) - 1)

    @cached_property
    def version(self) -> str:
        """A digest of the contents (SHA-256)."""
        digest = hashlib.sha256(str(self.first).encode())
        for name in _ARRAYS:
            digest.update(f"|{name}|".encode() + getattr(self, name).tobytes())
        return digest.hexdigest()

    def rows(self, start: Month, months: int) -> PoolRows:
        """Select the rows of some months, and so nothing of what comes after them.

        Before the first row there is nothing to learn, and after the last one the pool stays as it
        was.

        Parameters
        ----------
        start : Month
        months : int
            The number of months.

        Returns
        -------
        PoolRows
        """
        at = start - self.first + np.arange(months)
        begun = at >= 0
        at = np.clip(at, 0, len(self.ratio) - 1)
        return PoolRows(
            self.evidence[at] * begun[:, None],
            self.excess_volatility[at] * begun,
            self.ratio[at] * begun[:, None],
        )

    def through(self, month: Month) -> tuple[Array, Array]:
        """Select the products and windows of the calendar years completed by a month."""
        years = max((month + 1).year - self.first.year, 0)
        return self.products[:years], self.windows[:years]

    def to_bytes(self) -> bytes:
        """Write the arrays in NumPy's npz format, which any NumPy reads and none executes."""
        upper = np.triu_indices(self.products.shape[1])
        content = io.BytesIO()
        np.savez_compressed(
            content,
            allow_pickle=False,
            first=np.array(self.first.ordinal),
            evidence=self.evidence.astype(np.float32),
            excess_volatility=self.excess_volatility.astype(np.float32),
            ratio=self.ratio.astype(np.float32),
            products=self.products[:, upper[0], upper[1]].astype(np.float32),
            windows=self.windows.astype(np.float32),
        )
        return content.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Pool":
        """Read the pool that `to_bytes` wrote."""
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            horizon = stored["ratio"].shape[1]
            upper = np.triu_indices(horizon)
            products = np.zeros((len(stored["products"]), horizon, horizon))
            products[:, upper[0], upper[1]] = products[:, upper[1], upper[0]] = stored["products"]
            return cls(
                Month(int(stored["first"])),
                stored["evidence"],
                stored["excess_volatility"],
                stored["ratio"],
                products,
                stored["windows"],
            )


_ARRAYS = tuple(one.name for one in fields(Pool) if one.name != "first")
