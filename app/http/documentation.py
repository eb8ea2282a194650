"""The pages that document the service. They work without a network and have examples to try."""

from functools import cache
from pathlib import Path
from typing import Any

import fastapi_offline
from fastapi import FastAPI, Request, Response
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi_offline import FastAPIOffline

from app.http.operations import describe_headers, hoist_definitions, name_operation
from app.http.security_headers import policy_of_tool_page
from app.http.table_routes import drop_format_parameter

ASSETS = "/docs-assets"
_REDOC_SCRIPT = "/docs-assets-redoc.js"
# The one thing that ReDoc asks of another host.
_REDOC_LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg"
_EMPTY_PICTURE = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E"


def documented_app(**settings: Any) -> FastAPI:
    """An application with `/docs` and `/redoc`, whose assets come with the installed packages."""
    app = FastAPIOffline(
        docs_url=None,
        redoc_url=None,
        static_url=ASSETS,
        generate_unique_id_function=name_operation,
        servers=[{"url": "/", "description": "This service."}],
        swagger_ui_parameters={"tryItOutEnabled": True, "defaultModelsExpandDepth": 0},
        **settings,
    )

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> HTMLResponse:
        root = request.scope.get("root_path", "")
        page = get_swagger_ui_html(
            openapi_url=f"{root}{app.openapi_url}",
            title=f"{app.title} - Swagger UI",
            swagger_js_url=f"{root}{ASSETS}/swagger-ui-bundle.js",
            swagger_css_url=f"{root}{ASSETS}/swagger-ui.css",
            swagger_favicon_url=f"{root}{ASSETS}/favicon.png",
            swagger_ui_parameters=app.swagger_ui_parameters,
        )
        return _with_policy(page)

    @app.get("/redoc", include_in_schema=False)
    async def redoc(request: Request) -> HTMLResponse:
        root = request.scope.get("root_path", "")
        page = get_redoc_html(
            openapi_url=f"{root}{app.openapi_url}",
            title=app.title,
            redoc_js_url=f"{root}{_REDOC_SCRIPT}",
            redoc_favicon_url=f"{root}{ASSETS}/favicon.png",
            with_google_fonts=False,
        )
        return _with_policy(page)

    @app.get(_REDOC_SCRIPT, include_in_schema=False)
    def redoc_script() -> Response:
        headers = {"Cache-Control": "max-age=86400"}
        return Response(_offline_redoc(), media_type="text/javascript", headers=headers)

    plain = app.openapi

    def with_examples() -> dict[str, Any]:
        document = plain()
        drop_format_parameter(document)
        hoist_definitions(document)
        describe_headers(document)
        for methods in document["paths"].values():
            for operation in methods.values():
                for parameter in operation.get("parameters", []):
                    _fill_in(parameter)
        return document

    app.openapi = with_examples  # type: ignore[method-assign]  # the way FastAPI's manual gives
    return app


def _with_policy(page: HTMLResponse) -> HTMLResponse:
    policy = policy_of_tool_page(bytes(page.body).decode())
    page.headers["Content-Security-Policy"] = policy
    return page


@cache
def _offline_redoc() -> str:
    script = Path(fastapi_offline.__file__).parent / "static" / "redoc.standalone.js"
    return script.read_text(encoding="utf-8").replace(_REDOC_LOGO, _EMPTY_PICTURE)


def _fill_in(parameter: dict[str, Any]) -> None:
    """Give a required parameter its first example as the value that "Try it out" starts with."""
    examples = parameter["schema"].get("examples")
    if parameter["required"] and examples:
        parameter["example"] = examples[0]
