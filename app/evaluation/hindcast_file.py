"""The hindcast: scores of forecasts of the past, in a small file that ships with the code."""

import csv
import gzip
import hashlib
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import compress, islice, repeat
from pathlib import Path
from typing import Any

import numpy as np

from app.config import BUNDLED_RECORD
from app.evaluation import store
from app.evaluation.aggregation import COMPARED_HORIZON
from app.evaluation.outcomes import changed_outcomes, keep_outcomes
from app.evaluation.store import Score
from app.observations.store import all_series
from app.storage.database import Session
from forecasting import Month
from forecasting.backtest.report import BASELINE, BacktestReport, Integers
from forecasting.scores import HUB_LEVELS

FILE = BUNDLED_RECORD / "hindcast.csv.gz"
TOLD = "auto"
"""The model whose medians and 80 percent intervals are kept too: what we stand for."""

_DIGITS = 3  # significant, of the scores of `auto` and the baseline; more cannot be told
_DIGITS_OF_OTHERS = 2  # of models that are there to compare with; a third would add half a megabyte
_CELL = ("series", "vintage", "origin", "horizon", "observed")
_SCORES = ("wis", "crps", "log_wis", "covered", "pit", "scaled_error")  # packs best in this order
_COMPARED = ("wis", "log_wis", "crps")  # kept beside the baseline's
_RANGE = {"median": 0.5, "lower_80": 0.1, "upper_80": 0.9}
_COVERED = (95, 80, 50)
_LINES_AT_ONCE = 500

_Columns = Mapping[str, Sequence[str]]


def write_hindcast(report: BacktestReport, path: Path) -> int:
    """Write the scores of a backtest's single months; returns the size in bytes.

    Forecasts are taken in whole counts, as the archive keeps them. One line a cell, one group of
    columns a model: `covered` is the narrowest of the intervals of 50, 80 and 95 percent that holds
    the outcome, 100 where none does; `pit` is in hundredths, cut. Beyond `COMPARED_HORIZON` months,
    only `auto` and the baseline are kept, and the columns of other models are empty. Scores against
    figures that have been restated go to a file of their own beside it. The same report gives the
    same bytes.
    """
    size = _write(report.select(~report.superseded), path)
    beside = superseded_path(path)
    if not report.superseded.any():
        beside.unlink(missing_ok=True)
        return size
    return size + _write(report.select(report.superseded), beside)


def superseded_path(path: Path) -> Path:
    """Where a hindcast's scores against figures that have been restated are."""
    return path.with_name(f"superseded_{path.name}")


def _write(report: BacktestReport, path: Path) -> int:
    columns = _columns(replace(report, quantiles=np.rint(report.quantiles)))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.getvalue().encode())
    return path.stat().st_size


def _columns(report: BacktestReport) -> _Columns:
    """The file's columns by name, in its order."""
    order = np.lexsort((report.horizon, report.origin, report.key))
    order = order[report.months[order] == 1]
    cells = (
        report.key[order],
        report.vintage[order],
        [Month(ordinal) for ordinal in report.origin[order].tolist()],
        report.horizon[order],
        (f"{count:.0f}" for count in report.observed[order].tolist()),
    )
    columns = {name: [str(one) for one in cell] for name, cell in zip(_CELL, cells, strict=True)}
    scores = (
        report.wis,
        report.crps,
        report.log_wis,
        _covered(report),
        _hundredths(report),
        report.absolute_scaled_error,
    )
    is_compared = (report.horizon[order] <= COMPARED_HORIZON).tolist()
    everywhere = [True] * order.size
    for nth, model in enumerate(report.models):
        is_other = model not in (TOLD, BASELINE)
        digits = _DIGITS_OF_OTHERS if is_other else _DIGITS
        kept = is_compared if is_other else everywhere
        for name, of_models in zip(_SCORES, scores, strict=True):
            said = str if of_models.dtype.kind == "i" else partial(_said, digits=digits)
            columns[f"{model}:{name}"] = [
                said(score) if is_kept else ""
                for score, is_kept in zip(of_models[nth, order].tolist(), kept, strict=True)
            ]
    if TOLD in report.models:
        quantiles = report.quantiles[report.models.index(TOLD), order]
        for name, level in _RANGE.items():
            at = np.searchsorted(HUB_LEVELS, level - 1e-9)
            columns[f"{TOLD}:{name}"] = [f"{count:.0f}" for count in quantiles[:, at].tolist()]
    return columns


def _hundredths(report: BacktestReport) -> Integers:
    return np.minimum(report.pit * 100, 99).astype(np.int64)


def _covered(report: BacktestReport) -> Integers:
    narrowest = np.full(report.pit.shape, 100)
    for level in _COVERED:
        narrowest[report.covered(level)] = level
    return narrowest


def _said(score: float, *, digits: int) -> str:
    if math.isnan(score):
        return ""
    said = np.format_float_positional(
        score, precision=digits, unique=False, fractional=False, trim="-"
    )
    return said.lstrip("0") or "0"


def load_hindcast_scores(session: Session, path: Path = FILE) -> int:
    """Bring a hindcast into the store, in the place of another one.

    Returns how many scores are new.

    Series that the store does not know are left out. Without the file there is nothing to load.
    """
    if not path.exists() or is_hindcast_loaded(session, path):
        return 0
    ids = {series.key: series.id for series in all_series(session)}
    keys: set[str] = set()
    store.forget_hindcast(session)
    added = store.add_scores(session, _scores(path, ids, keys))
    beside = superseded_path(path)
    if beside.exists():
        added += store.add_scores(session, _scores(beside, ids, keys), superseded=True)
    store.mark_hindcast_loaded(
        session, hindcast_checksum(path), {key: ids.get(key) for key in keys}
    )
    keep_outcomes(session, changed_outcomes(session))
    return added


def is_hindcast_loaded(session: Session, path: Path = FILE) -> bool:
    """Whether the store holds the scores of a hindcast, of every series that both know.

    Reads neither the scores nor the lines of the file.
    """
    loaded = store.loaded_hindcast(session)
    if loaded is None or loaded.checksum != hindcast_checksum(path):
        return False
    ids = {series.key: series.id for series in all_series(session)}
    return all(ids.get(key) == series_id for key, series_id in loaded.series.items())


def hindcast_checksum(path: Path = FILE) -> str:
    """The SHA-256 digest of both files of a hindcast."""
    digests = [
        hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""
        for file in (path, superseded_path(path))
    ]
    return hashlib.sha256(" ".join(digests).encode()).hexdigest()


def _read(path: Path, ids: Mapping[str, int], keys: set[str]) -> Iterator[_Columns]:
    """Some hundred lines after the other, by column, without series that have no id.

    The keys of all series are added to `keys`.
    """
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        header = next(rows)
        while some := list(islice(rows, _LINES_AT_ONCE)):
            keys.update(row[0] for row in some)
            if known := [row for row in some if row[0] in ids]:
                yield dict(zip(header, zip(*known, strict=True), strict=True))


def _models(columns: _Columns) -> list[str]:
    return [name.removesuffix(":wis") for name in columns if name.endswith(":wis")]


def _scores(path: Path, ids: Mapping[str, int], keys: set[str]) -> Iterator[Score]:
    """The scores of the series that have an id; the keys of all series are added to `keys`."""
    for columns in _read(path, ids, keys):
        models_by_lines: dict[tuple[bool, ...], list[str]] = {}
        for model in _models(columns):
            is_scored = tuple(map(bool, columns[f"{model}:wis"]))
            models_by_lines.setdefault(is_scored, []).append(model)
        for is_scored, models in models_by_lines.items():
            scored = {name: list(compress(column, is_scored)) for name, column in columns.items()}
            cells = _cells(scored, ids)
            for model in models:
                yield from _of_model(model, scored, cells)


def _cells(columns: _Columns, ids: Mapping[str, int]) -> Mapping[str, Sequence[Any]]:
    """The fields that the scores of all models have in common, by name."""
    origins = [Month.parse(origin) for origin in columns["origin"]]
    horizons = [int(horizon) for horizon in columns["horizon"]]
    return {
        "series_id": [ids[key] for key in columns["series"]],
        "vintage": columns["vintage"],
        "origin": origins,
        "horizon": horizons,
        "target": [origin + horizon for origin, horizon in zip(origins, horizons, strict=True)],
        "observed": _numbers(columns["observed"]),
        **{f"baseline_{name}": _numbers(columns[f"{BASELINE}:{name}"]) for name in _COMPARED},
    }


def _of_model(model: str, columns: _Columns, cells: Mapping[str, Sequence[Any]]) -> Iterator[Score]:
    """The scores of one model in some cells, whose fields are given by name."""
    lines = len(columns["series"])
    narrowest = [int(level) for level in columns[f"{model}:covered"]]
    ranges = [name for name in _RANGE if f"{model}:{name}" in columns]
    fields: dict[str, Iterable[Any]] = {
        **cells,
        "model": repeat(model, lines),
        "forecast_id": repeat(None, lines),
        **{name: _numbers(columns[f"{model}:{name}"]) for name in _COMPARED},
        "scaled_error": [
            float(written) if written else None for written in columns[f"{model}:scaled_error"]
        ],
        "pit": [(int(cut) + 0.5) / 100 for cut in columns[f"{model}:pit"]],
        **{f"covered_{level}": [held <= level for held in narrowest] for level in _COVERED},
        **{name: repeat(None, lines) for name in _RANGE},
        **{name: _numbers(columns[f"{model}:{name}"]) for name in ranges},
    }
    return map(Score._make, zip(*(fields[name] for name in Score._fields), strict=True))


def _numbers(column: Sequence[str]) -> list[float]:
    return [float(written) for written in column]
