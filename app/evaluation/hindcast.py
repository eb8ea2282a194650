"""The hindcast: scores of forecasts that would have been made, in a small file that ships with the code."""

import csv
import gzip
import io
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import numpy as np

from app.config import BUNDLED_RECORD
from app.database import Session
from app.evaluation import store
from app.evaluation.store import Score
from app.observations.store import all_series
from forecasting import Month
from forecasting.report import BASELINE, Report

FILE = BUNDLED_RECORD / "hindcast.csv.gz"
_DIGITS = 3  # significant, of scores; more cannot be told and would double the file
_CELL = ("series", "vintage", "origin", "horizon", "observed")
_SCORES = ("wis", "log_wis", "crps", "pit", "scaled_error", "covered")
_COVERED = (95, 80, 50)


def write(report: Report, path: Path) -> int:
    """Write the scores of a backtest's single months; returns the file's size in bytes.

    One line a cell, one group of columns a model: `covered` is the narrowest of the intervals of 50, 80 and
    95 percent that holds the outcome, 100 where none does. The same report gives the same bytes.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*_CELL, *(f"{model}:{score}" for model in report.models for score in _SCORES)])
    writer.writerows(_lines(report))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.getvalue().encode())
    return path.stat().st_size


def _lines(report: Report) -> Iterator[list[str]]:
    scores = report.wis, report.log_wis, report.crps, report.pit, report.absolute_scaled_error
    covered = np.full(report.pit.shape, 100)
    for level in _COVERED:
        covered[report.covered(level)] = level
    order = np.lexsort((report.horizon, report.origin, report.key))
    for at in order[report.months[order] == 1]:
        line = [
            str(report.key[at]),
            str(report.vintage[at]),
            str(Month(int(report.origin[at]))),
            str(int(report.horizon[at])),
            f"{report.observed[at]:.0f}",
        ]
        for model in range(len(report.models)):
            line += [_said(float(score[model, at])) for score in scores] + [str(covered[model, at])]
        yield line


def _said(score: float) -> str:
    return (
        ""
        if np.isnan(score)
        else np.format_float_positional(score, precision=_DIGITS, unique=False, fractional=False, trim="-")
    )


def load(session: Session, path: Path = FILE) -> int:
    """Bring a hindcast into the store, in the place of another one; returns how many scores are new.

    Series that the store does not know are left out. Without the file there is nothing to load.
    """
    if not path.exists():
        return 0
    ids = {series.key: series.id for series in all_series(session)}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        scores = list(_scores(lines, ids))
    count, total = store.hindcast_sums(session)
    if count == len(scores) and math.isclose(total, math.fsum(score.wis for score in scores), rel_tol=1e-9):
        return 0
    store.forget_hindcast(session)
    return store.add_scores(session, scores)


def _scores(lines: TextIO, ids: dict[str, int]) -> Iterator[Score]:
    rows = csv.DictReader(lines)
    models = dict.fromkeys(name.rpartition(":")[0] for name in rows.fieldnames or [] if ":" in name)
    for row in rows:
        if row["series"] not in ids:
            continue
        origin, horizon = Month.parse(row["origin"]), int(row["horizon"])
        for model in models:
            covered = int(row[f"{model}:covered"])
            scaled = row[f"{model}:scaled_error"]
            yield Score(
                series_id=ids[row["series"]],
                model=model,
                forecast_id=None,
                vintage=row["vintage"],
                origin=origin,
                horizon=horizon,
                target=origin + horizon,
                observed=float(row["observed"]),
                wis=float(row[f"{model}:wis"]),
                log_wis=float(row[f"{model}:log_wis"]),
                crps=float(row[f"{model}:crps"]),
                pit=float(row[f"{model}:pit"]),
                scaled_error=float(scaled) if scaled else None,
                baseline_wis=float(row[f"{BASELINE}:wis"]),
                baseline_log_wis=float(row[f"{BASELINE}:log_wis"]),
                baseline_crps=float(row[f"{BASELINE}:crps"]),
                covered_50=covered <= 50,
                covered_80=covered <= 80,
                covered_95=covered <= 95,
            )
