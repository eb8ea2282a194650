"""How far a series' coverage may be from the truth, given how few independent origins there are."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

BLOCK = 18
"""Months of origins that are drawn together, beyond which errors of a year do not overlap."""
REPLICATIONS = 10_000
BAND = (0.01, 0.99)


def coverage_by_series(
    rows: pd.DataFrame, model: str, logs_reference: str, *, every: int, seed: int
) -> pd.DataFrame:
    """One row a series: cells, logWIS, share inside the 80 % interval, and that share's 98 % band.

    rows: as `scored` gives them, of both models; every: months between origins; seed: of the
        bootstrap
    """
    lines = {}
    for key, part in rows.groupby("series"):
        own = part[part.model == model]
        log_wis = part.groupby("model").log_wis.sum()
        lower, upper = coverage_band(own, every=every, seed=seed)
        lines[key] = {
            "cells": len(own),
            "logWIS": log_wis[model] / log_wis[logs_reference],
            "c80": own.c80.mean(),
            "lower": lower,
            "upper": upper,
            "holds .80": "" if np.isnan(lower) else "yes" if lower <= 0.8 <= upper else "no",
        }
    return pd.DataFrame.from_dict(lines, orient="index").round(3)


def coverage_band(rows: pd.DataFrame, *, every: int, seed: int) -> tuple[float, float]:
    """1 % and 99 % quantile of the coverage of one series under resampling of blocks of origins.

    Blocks of origins in a row, the last followed by the first (circular block bootstrap: Politis &
    Romano 1992, in LePage & Billard, Exploring the Limits of Bootstrap); all cells of an origin
    stay together. NaN where the origins do not fill two blocks.
    """
    block = -(-BLOCK // every)
    by_origin = rows.groupby("origin").c80
    inside, cells = by_origin.sum().to_numpy(float), by_origin.size().to_numpy(float)
    if inside.size < 2 * block:
        return np.nan, np.nan
    at = _resampled(inside.size, block, np.random.default_rng(seed))
    lower, upper = np.quantile(inside[at].sum(axis=1) / cells[at].sum(axis=1), BAND)
    return float(lower), float(upper)


def _resampled(origins: int, block: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """(replications, origins) which origins each replication holds."""
    starts = rng.integers(origins, size=(REPLICATIONS, -(-origins // block)))
    at = (starts[:, :, None] + np.arange(block)) % origins
    return at.reshape(REPLICATIONS, -1)[:, :origins]
