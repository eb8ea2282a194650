"""Whether reading a series as of a date costs the same however many observations the store holds.

python -m benchmarks.reading [--small 100000] [--large 10000000] [--plan]
"""

import argparse
import random
import statistics
import time
from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.observations import store
from app.storage.database import Database
from benchmarks.postgresql import execute, new_database, server

MONTHS = 300
FIRST_RELEASE = date(2005, 1, 15)
READS = 200
INDEXED = "series_id, precedence, period, published_on, release_id"


def filled(url: str, observations: int) -> tuple[Database, int, int]:
    """A store of that many observations: series and vintages grow alike.

    Returns it with their numbers.
    """
    database = Database(url)
    database.upgrade()
    series = max(1, round((observations / MONTHS / 3.3) ** 0.5))
    vintages = round(observations / MONTHS / series)
    days = 7300 // vintages
    execute(
        url,
        "INSERT INTO series (key, title, unit, dimension, ended, breaks) "
        "SELECT 'usbp.made-' || n, 'made', 'encounters', 'other', false, '[]' "
        f"FROM generate_series(1, {series}) n",
        "INSERT INTO releases (source, title, published_on, checksum, recorded_at, recorded_by) "
        f"SELECT 'cbp', 'made', date '{FIRST_RELEASE}' + {days} * (n - 1), n, now(), 'a benchmark' "
        f"FROM generate_series(1, {vintages}) n",
        "ALTER TABLE observations DISABLE TRIGGER ALL",
        "DROP INDEX ix_observations_newest",
        "ALTER TABLE observations DROP CONSTRAINT pk_observations",
        "INSERT INTO observations (series_id, period, release_id, value, status, qualifier, "
        "rounding_unit, precedence, published_on) "
        "SELECT s.id, (date '2000-01-01' + make_interval(months => m))::date, r.id, "
        "10000 + s.id + m + r.id % 3, 'P', 'exact', 1, 0, r.published_on "
        f"FROM releases r CROSS JOIN series s CROSS JOIN generate_series(0, {MONTHS - 1}) m "
        "ORDER BY r.id, s.id, m",  # as loads bring them
        "ALTER TABLE observations ADD CONSTRAINT pk_observations "
        "PRIMARY KEY (series_id, period, release_id)",
        f"CREATE INDEX ix_observations_newest ON observations ({INDEXED})",
        "ALTER TABLE observations ENABLE TRIGGER ALL",
        "VACUUM ANALYZE",
        "CHECKPOINT",  # so that nothing of it is still written while it is read
    )
    return database, series, vintages


def reading_seconds(database: Database, series: int) -> float:
    """Median time of one series' history as of a day, over series and days drawn at random."""
    draw = random.Random(0)
    spent = []
    with database.reading() as session:
        for turn in range(READS + 20):
            number = draw.randint(1, series)
            day = FIRST_RELEASE + timedelta(days=draw.randint(0, 7300))
            began = time.perf_counter()
            found = store.history(session, number, as_of=day)
            if turn >= 20:
                spent.append(time.perf_counter() - began)
            assert len(found) == MONTHS
    return statistics.median(spent)


def plan(session: Session) -> str:
    statement = store.newest_of_precedence(session, 1, date(2015, 1, 1), 0)
    written = statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    return "\n".join(session.scalars(text(f"EXPLAIN (ANALYZE, BUFFERS) {written}")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--small", type=int, default=100_000, help="observations of the small store"
    )
    parser.add_argument(
        "--large", type=int, default=10_000_000, help="observations of the large store"
    )
    parser.add_argument("--plan", action="store_true", help="print how PostgreSQL reads")
    asked = parser.parse_args()
    with server() as running:
        stores = [
            filled(new_database(running, f"of_{size}"), size) for size in (asked.small, asked.large)
        ]
        turns: list[list[float]] = [[], []]
        for _ in range(7):  # in turn, so that both have the same of what else the machine does
            for place, (database, series, _) in enumerate(stores):
                turns[place].append(reading_seconds(database, series))
        for (_, series, vintages), spent in zip(stores, turns, strict=True):
            print(
                f"{series * vintages * MONTHS:>10,} observations ({series} series, {vintages} "
                f"vintages of {MONTHS} months): {1000 * min(spent):.2f} ms a history"
            )
        print(f"ratio: {min(turns[1]) / min(turns[0]):.2f}")
        if asked.plan:
            for database, *_ in stores:
                with database.reading() as session:
                    print(plan(session))
        for database, *_ in stores:
            database.close()


if __name__ == "__main__":
    main()
