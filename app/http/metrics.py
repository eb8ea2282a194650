"""Metrics in Prometheus' text format: requests by operation, and how long they took."""

import time

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
_EXAMPLE = 'bordercast_requests_total{method="GET",operation="/forecast",status="200"} 42.0\n'

router = APIRouter(tags=["Operation"])


class MeasureRequests:
    """ASGI middleware that counts requests by operation and status, and times them."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        self._app = app
        labels = ("method", "operation", "status")
        self._requests = Counter(
            "bordercast_requests_total", "Requests answered.", labels, registry=registry
        )
        self._seconds = Histogram(
            "bordercast_request_seconds",
            "Time to answer.",
            labels[:2],
            registry=registry,
            buckets=SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            route = scope.get("route")
            operation = getattr(route, "path", "none")  # the template, so that labels stay few
            self._requests.labels(scope["method"], operation, str(status)).inc()
            self._seconds.labels(scope["method"], operation).observe(time.perf_counter() - started)


def install(app: FastAPI) -> None:
    """Measure every request of the application, and show it at `/metrics`."""
    app.state.metrics = CollectorRegistry()
    app.add_middleware(MeasureRequests, registry=app.state.metrics)
    app.include_router(router)


@router.get(
    "/metrics",
    summary="Get the metrics",
    response_class=Response,
    responses={
        200: {
            "content": {"text/plain": {"schema": {"type": "string"}, "example": _EXAMPLE}},
            "description": "Metrics.",
        }
    },
)
def metrics(request: Request) -> Response:
    """Requests by operation and status, and their duration, since this process started; queues,
    caches, workers, and the size of the store; the age of each publisher's newest figure, the
    forecasts due, and failed updates. All in the Prometheus text format."""
    return Response(generate_latest(request.app.state.metrics), media_type=CONTENT_TYPE_LATEST)
