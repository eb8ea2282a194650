"""Reads that cause computing: how often a client may, what it is told, and what metrics say."""

import asyncio
from collections.abc import Iterator

import pytest
from httpx2 import Response

from app import rate_limits
from app.config import UnusableSetting
from app.rate_limits import Rate, RateLimits
from tests.app.client import ServiceClient, open_client, said
from tests.stores import Stores


@pytest.fixture(scope="module")
def service(stores: Stores, migrated_url: str) -> Iterator[ServiceClient]:
    """A service whose clients may have two things computed a minute."""
    url = stores.copy(migrated_url)
    with open_client(url, computing_rate="2/minute", write_rate="3/hour") as client:
        yield client
    stores.drop(url)


@pytest.fixture(scope="module")
def evaluations(service: ServiceClient) -> list[Response]:
    """Three different evaluations, and the first of them again."""
    paths = [f"/evaluation?horizon={months}" for months in (1, 2, 3, 1)]
    return [service.client.get(path) for path in paths]


def test_what_is_computed_counts_and_the_answer_says_what_is_left(
    evaluations: list[Response],
) -> None:
    first, second, *_ = evaluations
    assert [first.status_code, second.status_code] == [200, 200]
    assert first.headers["ratelimit-policy"] == '"computations";q=2;w=60'
    assert first.headers["ratelimit"].startswith('"computations";r=1;t=')
    assert second.headers["ratelimit"].startswith('"computations";r=0;t=')


def test_beyond_its_rate_a_client_is_refused_and_told_when_to_come_back(
    evaluations: list[Response],
) -> None:
    refused = evaluations[2]
    assert refused.status_code == 429
    assert refused.json()["type"] == "/problems/too-many-computations"
    assert "2 per 1 minute" in refused.json()["detail"]
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["ratelimit"].startswith('"computations";r=0;t=')
    assert refused.elapsed.total_seconds() >= rate_limits.REFUSAL_SECONDS


def test_what_is_kept_is_not_limited(evaluations: list[Response]) -> None:
    kept, first = evaluations[3], evaluations[0]
    assert (kept.status_code, kept.content) == (200, first.content)
    assert "ratelimit" not in kept.headers


def test_reads_that_compute_nothing_are_not_limited(
    service: ServiceClient, evaluations: list[Response]
) -> None:
    for path in ("/series", "/releases", "/sources", "/health"):
        answer = service.client.get(path)
        assert answer.status_code == 200
        assert "ratelimit" not in answer.headers


def test_a_write_says_how_many_the_key_has_left(service: ServiceClient) -> None:
    series = service.new_series()
    answer = service.load("press", "2024-05-15", said(series, "2024-04", 1))
    assert answer.headers["ratelimit-policy"] == '"writes";q=3;w=3600'
    assert answer.headers["ratelimit"].startswith('"writes";r=2;t=')


def test_metrics_tell_of_queues_caches_workers_and_the_store(
    service: ServiceClient, evaluations: list[Response]
) -> None:
    told = dict(
        line.rsplit(" ", 1)
        for line in service.client.get("/metrics").text.splitlines()
        if not line.startswith("#")
    )
    for queue in ("forecasts", "past days", "scenarios", "charts", "evaluations"):
        assert told[f'bordercast_queue_length{{queue="{queue}"}}'] == "0.0"
        assert told[f'bordercast_queue_running{{queue="{queue}"}}'] == "0.0"
        assert told[f'bordercast_queue_work_total{{queue="{queue}",result="refused"}}'] == "0.0"
    assert told['bordercast_queue_work_total{queue="evaluations",result="done"}'] == "2.0"
    assert told['bordercast_queue_wait_seconds_count{queue="evaluations"}'] == "2.0"
    assert float(told['bordercast_answers_total{result="hit"}']) >= 1
    assert float(told["bordercast_answers_bytes"]) > 0
    assert float(told["bordercast_workers"]) == 1
    assert float(told["bordercast_workers_calls"]) == 0
    assert float(told["bordercast_computations_claimed"]) == 0
    assert float(told["bordercast_store_bytes"]) > 4096
    assert float(told['bordercast_refreshed_forecasts_total{result="done"}']) == 0


def test_a_storage_that_cannot_be_had_is_named() -> None:
    with pytest.raises(UnusableSetting, match="BORDERCAST_RATE_STORAGE is 'nonsense://there'"):
        RateLimits("nonsense://there")


def test_rates_of_one_client_are_counted_apart() -> None:
    limits = RateLimits()
    one, other = Rate.parse("one", "1/minute"), Rate.parse("other", "1/minute")

    async def count() -> list[bool]:
        asked = [(one, "a"), (one, "a"), (other, "a"), (one, "b")]
        return [(await limits.count(rate, client)).allowed for rate, client in asked]

    assert asyncio.run(count()) == [True, False, True, True]
    limits.close()
