"""How fast figures are loaded: 30,000 on SQLite, a million on PostgreSQL beside COPY.

And in how much memory.

python -m benchmarks.loading [--figures 1000000]
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg

from app.observations.ingest import ingest_file
from app.storage.database import Database
from benchmarks.postgresql import execute, new_database, server

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FIRST_YEAR, MONTHS = 2000, 300
REVISED = 12  # months at the end of each series that a later release gives another value
COPIED = (
    "COPY observations (series_id, period, release_id, value, status, qualifier, rounding_unit, "
    "precedence, published_on) FROM STDIN"
)


def period(at: int) -> str:
    return f"{FIRST_YEAR + at // 12}-{at % 12 + 1:02d}"


def write_tidy(file: Path, series: int, *, revision: int = 0) -> None:
    """A tidy CSV of all months of that many series."""
    with file.open("w") as lines:
        lines.write("series,period,value\n")
        for one in range(series):
            for at in range(MONTHS):
                value = 10_000 + one + 7 * at + (revision if at >= MONTHS - REVISED else 0)
                lines.write(f"usbp.made-{one},{period(at)},{value}\n")


def write_rows(file: Path, series: int) -> None:
    """The same as rows of the table, for COPY."""
    with file.open("w") as lines:
        for one in range(series):
            for at in range(MONTHS):
                row = (
                    one + 1,
                    f"{period(at)}-01",
                    1,
                    10_000 + one + 7 * at,
                    "P",
                    "exact",
                    1,
                    0,
                    "2025-01-15",
                )
                lines.write("\t".join(map(str, row)) + "\n")


def load(url: str, file: Path, day: date) -> tuple[float, float]:
    """Seconds, and those in which the processor worked for it."""
    database = Database(url)
    wall, worked = time.perf_counter(), time.process_time()
    with file.open("rb") as content:
        ingest_file(
            database,
            content,
            source="cbp",
            published_on=day,
            title=None,
            url=None,
            create=True,
            now=NOW,
            by="a benchmark",
        )
    spent = time.perf_counter() - wall, time.process_time() - worked
    database.close()
    return spent


def on_sqlite(folder: Path) -> None:
    url = f"sqlite:///{folder / 'store.db'}"
    database = Database(url)
    database.upgrade()
    database.close()
    file = folder / "figures.csv"
    for day, what in (
        (date(2025, 1, 15), "new series"),
        (date(2025, 2, 15), "figures known before, some revised"),
        (date(2025, 3, 15), "the same a third time"),
    ):
        write_tidy(file, 100, revision=day.month)
        seconds, worked = load(url, file, day)
        print(
            f"SQLite      {100 * MONTHS:>9,} figures {seconds:6.2f} "
            f"s ({worked:5.2f} s of processor)  {what}"
        )


def copy(url: str, rows: Path, series: int) -> float:
    """Seconds of bare COPY into the table as it is, indexes and constraints included."""
    database = Database(url)
    database.upgrade()
    database.close()
    execute(
        url,
        "INSERT INTO series (key, title, unit, dimension, ended, breaks) "
        "SELECT 'usbp.made-' || n, 'made', 'encounters', 'other', false, '[]' "
        f"FROM generate_series(1, {series}) n",
        "INSERT INTO releases "
        "(id, source, title, published_on, checksum, recorded_at, recorded_by) "
        "VALUES (1, 'cbp', 'made', '2025-01-15', 'x', now(), 'a benchmark')",
    )
    began = time.perf_counter()
    with (
        psycopg.connect(url) as connection,
        connection.cursor().copy(COPIED) as into,
        rows.open("rb") as given,
    ):
        while block := given.read(1 << 20):
            into.write(block)
    return time.perf_counter() - began


def on_postgresql(folder: Path, figures: int) -> None:
    series = figures // MONTHS
    rows, file = folder / "rows.tsv", folder / "figures.csv"
    write_rows(rows, series)
    write_tidy(file, series)
    with server() as running:
        for turn in (1, 2):
            copied = copy(new_database(running, f"copied_{turn}"), rows, series)
            url = new_database(running, f"loaded_{turn}")
            database = Database(url)
            database.upgrade()
            database.close()
            seconds, megabytes = in_a_process_of_its_own(url, file, date(2025, 1, 15))
            print(f"PostgreSQL  {series * MONTHS:>9,} figures {copied:6.1f} s  bare COPY")
            print(
                f"PostgreSQL  {series * MONTHS:>9,} figures {seconds:6.1f} s  loaded, at most "
                f"{megabytes} MB of memory; {copied / seconds:.2f} of the speed of COPY"
            )
        write_tidy(file, series, revision=2)
        seconds, megabytes = in_a_process_of_its_own(url, file, date(2025, 2, 15))
        print(
            f"PostgreSQL  {series * MONTHS:>9,} figures {seconds:6.1f} s  loaded once more, "
            f"{REVISED / MONTHS:.0%} revised, at most {megabytes} MB of memory"
        )


def in_a_process_of_its_own(url: str, file: Path, day: date) -> tuple[float, int]:
    """Seconds, and the most megabytes that the process had."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.loading",
        "--load",
        url,
        str(file),
        day.isoformat(),
    ]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(said[0]), int(said[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figures", type=int, default=1_000_000, help="how many on PostgreSQL")
    parser.add_argument("--load", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.load:
        url, file, day = asked.load
        seconds, _ = load(url, Path(file), date.fromisoformat(day))
        print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return
    with tempfile.TemporaryDirectory(prefix="bordercast-benchmark-") as folder:
        on_sqlite(Path(folder))
        on_postgresql(Path(folder), asked.figures)


if __name__ == "__main__":
    main()
