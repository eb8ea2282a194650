"""A program that uses the generated Python client. Checked under mypy --strict, then run."""

import json
import sys

from bordercast_client import Client
from bordercast_client.api.figures import get_history, get_history_csv
from bordercast_client.api.forecasts import get_forecast, post_scenario
from bordercast_client.models import (
    AssumedEvent,
    ForecastAnswer,
    GetForecastModel,
    ProblemDocument,
    ScenarioAnswer,
    ScenarioRequest,
    ScenarioRequestModel,
)

SERIES = "usbp.southwest"


def main(address: str) -> None:
    client = Client(base_url=address)
    model = GetForecastModel.LOG_RANDOM_WALK
    found = get_forecast.sync_detailed(client=client, series=[SERIES], horizon=3, model=model)
    forecast = found.parsed
    if not isinstance(forecast, ForecastAnswer):
        raise TypeError(type(forecast))
    medians: list[int] = [month.median for month in forecast.forecast]
    table = get_history_csv.sync(client=client, series=[SERIES])
    if not isinstance(table, str):
        raise TypeError(type(table))
    body = ScenarioRequest(
        series=SERIES,
        model=ScenarioRequestModel.LOG_RANDOM_WALK,
        horizon=3,
        events=[AssumedEvent(period="2026-10", percent=50.0)],
    )
    scenario = post_scenario.sync(client=client, body=body)
    if not isinstance(scenario, ScenarioAnswer):
        raise TypeError(type(scenario))
    wrong = get_history.sync(client=client, series=["nobody"])
    if not isinstance(wrong, ProblemDocument):
        raise TypeError(type(wrong))
    answer = {
        "medians": medians,
        "columns": table.splitlines()[0],
        "months": len(scenario.difference),
        "status": wrong.status,
        "etag": "etag" in found.headers,
    }
    sys.stdout.write(json.dumps(answer))


main(sys.argv[1])
