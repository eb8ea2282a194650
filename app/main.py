"""The application: puts store, workers and routes together."""

from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware

from app import errors, operation
from app.alerts.routes import router as alerts
from app.charts.renderer import ChartRenderer
from app.charts.routes import router as pictures
from app.clock import Clock, utc_now
from app.config import Settings
from app.embeds.routes import router as embeds
from app.evaluation.routes import router as evaluation
from app.execution.executors import new_executor
from app.export.routes import router as export
from app.forecasts.archive_routes import router as archive
from app.forecasts.change_routes import router as changes
from app.forecasts.event_routes import router as past_events
from app.forecasts.outlook_routes import router as outlooks
from app.forecasts.reported_routes import router as reported_figures
from app.forecasts.routes import router as forecasts
from app.forecasts.scenario_routes import router as scenarios
from app.http import documentation_site, llms, metrics
from app.http.answers import TOTAL_COUNT, HeadAsGet
from app.http.callers import IdentifyCallers
from app.http.documentation import documented_app
from app.http.encodings import GZIP_LEVEL, SMALLEST, CompressOthers
from app.http.repeated import refuse_repeated
from app.http.request_log import REQUEST_ID, LogRequests
from app.http.security_headers import SecurityHeaders
from app.http.table_routes import table_routes
from app.load_metrics import LoadCollector, observe_waits
from app.observations.loading_routes import router as loading
from app.observations.routes import router as observations
from app.observations.vintage_routes import router as vintages
from app.series.routes import router as own_series
from app.services import running_services
from app.sources.configured import client_settings, publishers_to_ask
from app.sources.metrics import FreshnessCollector
from app.sources.routes import router as sources
from app.web.routes import router as web

DESCRIPTION = """
Forecasts of monthly border apprehensions, from figures kept as they were published.

* **Counts** are encounters per calendar month: apprehensions under Title 8 and, from March 2020 to
  May 2023, expulsions under Title 42.
* **Months** are written `2024-04`. Instants are in UTC.
* **`as_of`** answers any question as of a past day. Only what was published by then is used.
* **CSV** comes from paths that end in `.csv`, or with `format=csv` or `Accept: text/csv`. It opens
  with `pandas.read_csv(url)`.
* **Errors** are problem documents (RFC 9457). They name the parameter, what was given, and what is
  expected.
"""
TAGS = [
    {"name": "Figures", "description": "Figures as published, as known on any day."},
    {
        "name": "Loading",
        "description": "Load figures, retract a release that was loaded by mistake, and keep "
        "series of your own.",
    },
    {"name": "Forecasts", "description": "Forecasts and their uncertainty."},
    {
        "name": "Track record",
        "description": "Scores of past forecasts, next to a simple baseline.",
    },
    {"name": "Charts", "description": "Charts for documents and web pages."},
    {"name": "Operation", "description": "For the operator of the service."},
]
ROUTERS = (
    forecasts,
    outlooks,
    reported_figures,
    scenarios,
    past_events,
    changes,
    archive,
    evaluation,
    observations,
    vintages,
    export,
    sources,
    alerts,
    pictures,
    embeds,
    loading,
    own_series,
    operation.router,
    web,
)


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock = utc_now,
    executor: Executor | None = None,
    charts: ChartRenderer | None = None,
    leader_lock: Path | None = None,
) -> FastAPI:
    """The service on a store that is migrated already.

    It computes in `executor`, by default the one that the settings name, draws in `charts`, and
    shuts both down at its end. Of several processes with the same `leader_lock`, one keeps
    forecasts, scores, and figures current.
    """
    settings = settings or Settings()
    publishers, client = publishers_to_ask(settings), client_settings(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        workers = executor or new_executor(settings)
        async with running_services(
            settings,
            clock,
            workers,
            charts or ChartRenderer(),
            publishers=publishers,
            client=client,
            leader_lock=leader_lock,
        ) as services:
            app.state.services = services
            freshness = FreshnessCollector(services.database, clock, lambda: services.refresher.due)
            registry = app.state.metrics
            load = LoadCollector(services)
            registry.register(freshness)
            registry.register(load)
            waits = observe_waits(services, registry)
            try:
                yield
            finally:
                registry.unregister(freshness)
                registry.unregister(load)
                registry.unregister(waits)

    app = documented_app(
        title="Bordercast",
        summary="Forecasts of monthly border apprehensions, with their history and their "
        "uncertainty",
        description=DESCRIPTION,
        version=version("bordercast"),
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_tags=TAGS,
        lifespan=lifespan,
        dependencies=[Depends(refuse_repeated)],
    )
    app.state.clock = clock
    app.add_middleware(SecurityHeaders)
    app.add_middleware(HeadAsGet)
    app.add_middleware(CompressOthers, minimum_size=SMALLEST, compresslevel=GZIP_LEVEL)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "OPTIONS", "POST"],
        allow_headers=["Content-Type", "If-None-Match", "If-Modified-Since"],
        expose_headers=[
            "ETag",
            "Last-Modified",
            "Link",
            "RateLimit",
            "RateLimit-Policy",
            "Retry-After",
            REQUEST_ID,
            TOTAL_COUNT,
        ],
    )
    app.add_middleware(IdentifyCallers)
    errors.install(app)
    app.include_router(table_routes(ROUTERS))
    for router in ROUTERS:
        app.include_router(router)
    documentation_site.install(app)
    llms.install(app)
    metrics.install(app)
    app.add_middleware(LogRequests)
    return app
