"""GET /export: the whole store as one zip file, read back by other programs."""

import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from app.export.archive import export_store
from app.export.dictionary import TABLES
from app.export.formats import BATCH, ExportFormat
from app.storage.database import Base
from tests.app.client import NOW, ServiceClient, open_client, said
from tests.stores import Stores

KEY = "made.up"
FIGURES = {"2026-05": 100, "2026-06": 120, "2026-07": 90, "2026-08": 110}
NOT_EXPORTED = {  # secrets, logs, and what is computed again
    "keys",
    "computations",
    "loaded_hindcast",
    "outcomes",
    "pools",
    "reconciled_forecasts",
    "reconciled_scores",
    "reconciliations",
    "series_log",
    "sources",
    "store_state",
    "superseded_scores",
    "surprises",
}


@pytest.fixture(scope="module")
def service(stores: Stores, migrated_url: str) -> Iterator[ServiceClient]:
    """A series with figures, one of which was restated, and its forecast."""
    url = stores.copy(migrated_url)
    with open_client(url) as service:
        figures = [said(KEY, period, value) for period, value in FIGURES.items()]
        service.load("cbp", "2026-09-18", *figures, create="true")
        service.load("press", "2026-09-20", said(KEY, "2026-09", 130, qualifier="about"))
        service.client.get("/forecast", params={"series": KEY, "model": "log-random-walk"})
        yield service
    stores.drop(url)


def exported(service: ServiceClient, file_format: str) -> zipfile.ZipFile:
    response = service.client.get("/export", params={"format": file_format})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    assert archive.testzip() is None
    return archive


def query(statement: str) -> list[tuple[Any, ...]]:
    """The rows that DuckDB finds in files."""
    with duckdb.connect() as connection:
        return connection.execute(statement).fetchall()


def read_csv(archive: zipfile.ZipFile, table: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(archive.read(f"{table}.csv")))


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_the_data_dictionary_describes_every_file_and_every_column(
    service: ServiceClient, file_format: str, tmp_path: Path
) -> None:
    archive = exported(service, file_format)
    package = json.loads(archive.read("datapackage.json"))
    paths = [resource["path"] for resource in package["resources"]]
    assert sorted(["datapackage.json", *paths]) == sorted(archive.namelist())
    archive.extractall(tmp_path)
    for resource in package["resources"]:
        fields = [field["name"] for field in resource["schema"]["fields"]]
        described = query(f"DESCRIBE SELECT * FROM '{tmp_path / resource['path']}'")
        assert [column[0] for column in described] == fields, resource["name"]
        assert set(resource["schema"]["primaryKey"]) <= set(fields)
        for key in resource["schema"]["foreignKeys"]:
            assert f"{key['reference']['resource']}.{file_format}" in paths


def test_figures_come_back_from_csv(service: ServiceClient) -> None:
    archive = exported(service, "csv")
    history = read_csv(archive, "history")
    assert dict(zip(history["period"], history["value"], strict=True)) == FIGURES | {"2026-09": 130}
    assert set(history["series"]) == {KEY}
    releases = read_csv(archive, "releases")
    assert releases["source"].tolist() == ["cbp", "press"]
    assert pd.Timestamp(releases["recorded_at"][0]) == pd.Timestamp(NOW)
    assert read_csv(archive, "series")["ended"].tolist() == [False]


def test_duckdb_and_pandas_read_the_parquet_files(service: ServiceClient, tmp_path: Path) -> None:
    exported(service, "parquet").extractall(tmp_path)
    (total,) = query(
        f"SELECT sum(value), max(published_on)::VARCHAR FROM '{tmp_path}/observations.parquet'"
    )
    assert total == (550, "2026-09-20")
    observations = pd.read_parquet(tmp_path / "observations.parquet")
    assert observations["value"].tolist() == [*FIGURES.values(), 130]
    recorded = pd.read_parquet(tmp_path / "releases.parquet")["recorded_at"]
    assert recorded[0] == pd.Timestamp(NOW)


def test_a_forecast_is_exported_with_its_quantiles(service: ServiceClient) -> None:
    archive = exported(service, "csv")
    (forecast,) = read_csv(archive, "forecasts").to_dict("records")
    months = read_csv(archive, "forecast_months").set_index("horizon")
    asked: dict[str, Any] = {"series": KEY, "model": "log-random-walk", "level": 90}
    first = service.client.get("/forecast", params=asked).json()["forecast"][0]
    assert (forecast["series"], forecast["origin"]) == (KEY, "2026-09")
    assert months.loc[1, "period"] == first["period"]
    assert months.loc[1, "mean"] == first["mean"]
    assert months.loc[1, "quantile_0.05"] == first["intervals"][0]["lower"]


def test_csv_and_parquet_hold_the_same(service: ServiceClient, tmp_path: Path) -> None:
    for file_format in ("csv", "parquet"):
        exported(service, file_format).extractall(tmp_path)
    for table in TABLES:
        texts, typed = (
            query(f"SELECT * FROM '{tmp_path / table.name}.{ending}'")
            for ending in ("csv", "parquet")
        )
        assert len(texts) == len(typed), table.name
        assert len(typed) > 0 or table.name == "scores"


def test_every_table_of_the_store_is_exported_or_left_out_on_purpose() -> None:
    named = {"observations", "releases", "series", "forecasts", "scores"}
    assert named <= {table.name for table in TABLES}
    assert set(Base.metadata.tables) == named | NOT_EXPORTED


@pytest.mark.trial
def test_memory_does_not_grow_with_the_store(service: ServiceClient) -> None:
    """The first export already has more figures than are held at once."""
    figures = [
        said(f"made.large-{one}", f"{1990 + month // 12}-{month % 12 + 1:02}", month)
        for one in range(60)
        for month in range(360)
    ]
    assert len(figures) > BATCH
    peaks = []
    for days in (range(1, 2), range(2, 4)):
        for day in days:
            service.load("cbp", f"2026-10-{day:02}", *figures, create="true")
        peaks.append(peak_memory_of_export(service))
    assert peaks[1] < 1.2 * peaks[0]


def peak_memory_of_export(service: ServiceClient) -> int:
    """Bytes."""
    tracemalloc.start()
    for _ in export_store(service.database, ExportFormat.CSV, created=NOW):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_another_format_is_refused(service: ServiceClient) -> None:
    fault = service.client.get("/export?format=xlsx").json()["errors"][0]
    assert (fault["parameter"], fault["given"]) == ("format", "xlsx")
