"""Joint draws of related series: which of their paths belong to the same future."""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from forecasting.arrays import Array
from forecasting.hierarchy import values_between
from forecasting.series import MonthlySeries

_CHANGE_MONTHS = 3
_LEARNED_MONTHS = 120
_LARGEST_CHANGE = 3.0
"""Changes count as at most so many times their root mean square."""
_COMMON = 0.3
"""How far correlations are drawn toward 1: series that add up share most of what moves them."""


def couple(histories: Sequence[MonthlySeries], paths: Sequence[Array], seed: int) -> list[Array]:
    """Reorder the paths of several series so that row i of all is one possible future.

    In every month, each series keeps its values; only their order changes. The order is that of a
    Gaussian copula: its correlations between series are those of past three-month changes of the
    logs, drawn toward 1; its dependence between months is that of the paths themselves.

    Parameters
    ----------
    histories : sequence of MonthlySeries
        The figures that each forecast starts from.
    paths : sequence of array, each of shape (draws, months)
        Counts of the same months.
    seed : int

    Returns
    -------
    list of array, each of shape (draws, months)

    References
    ----------
    Clark, Gangopadhyay, Hay, Rajagopalan & Wilby (2004), Journal of Hydrometeorology 5(1), the
    Schaake shuffle.
    """
    draws, months = paths[0].shape
    orders = [np.argsort(one.T, axis=1, kind="stable") for one in paths]
    normal = NormalDist()
    scores = [normal.inv_cdf((rank + 0.5) / draws) for rank in range(draws)]
    rng = np.random.default_rng(seed)
    templates = np.empty((len(paths), months, draws))
    for template, order in zip(templates, orders, strict=True):
        np.put_along_axis(template, order, np.broadcast_to(scores, order.shape), axis=1)
        template[:] = template[:, rng.permutation(draws)]
    root = _square_root(_correlations(histories))
    mixed = (root @ templates.reshape(len(paths), -1)).reshape(templates.shape)
    coupled = []
    for template, order, one in zip(mixed, orders, paths, strict=True):
        values = np.empty((months, draws))
        ascending = np.take_along_axis(one.T, order, axis=1)
        np.put_along_axis(values, np.argsort(template, axis=1), ascending, axis=1)
        coupled.append(values.T)
    return coupled


def _correlations(histories: Sequence[MonthlySeries]) -> Array:
    """(k, k) correlations of the changes of the logs, in the last ten years, drawn toward 1."""
    last = max(one.end for one in histories)
    first = last - (_LEARNED_MONTHS + _CHANGE_MONTHS - 1)
    logs = np.log1p([values_between(one, first, last) for one in histories])
    changes = logs[:, _CHANGE_MONTHS:] - logs[:, :-_CHANGE_MONTHS]
    seen = ~np.isnan(changes)
    changes = np.where(seen, changes, 0.0)
    mean_squares = (changes**2).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    scaled = changes / np.sqrt(np.where(mean_squares > 0, mean_squares, 1.0))[:, None]
    scaled = np.clip(scaled, -_LARGEST_CHANGE, _LARGEST_CHANGE)
    both = (scaled**2) @ seen.T.astype(np.float64)
    norms = np.sqrt(both * both.T)
    products = scaled @ scaled.T
    learned = np.divide(products, norms, out=np.zeros_like(products), where=norms > 0)
    np.fill_diagonal(learned, 1.0)
    return np.asarray((1 - _COMMON) * learned + _COMMON)


def _square_root(correlations: Array) -> Array:
    """The symmetric root of the nearest matrix without negative eigenvalues."""
    values, vectors = np.linalg.eigh(correlations)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T)
