"""Serves the documentation site at `/documentation`, if `make docs` has built it."""

import sys
from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.errors import Problem

ADDRESS = "/documentation"
SITE = Path("site/html")
"""Where `make docs` builds the site, in the working directory."""
INSTALLED_SITE = Path(sys.prefix) / "share" / "bordercast" / "documentation"
"""Where the container image has it, beside the installed packages."""
HEADERS = {
    "Content-Security-Policy": "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'self'",
        ]
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cache-Control": "no-cache",
}


class DocumentationNotBuilt(Problem):
    """The documentation site has not been built on this machine. Build it with `make docs`."""

    status = HTTPStatus.NOT_FOUND
    title = "Documentation not built"


class DocumentationSite(StaticFiles):
    """The files of the site, looked for on every request, so that a new build needs no restart."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True, check_dir=False)
        self._folder = folder

    def require_built(self) -> None:
        """Raise DocumentationNotBuilt unless the folder has a site."""
        if not (self._folder / "index.html").is_file():
            raise DocumentationNotBuilt(
                f"The folder {self._folder} has no documentation site. Run `make docs` in the "
                "repository, and start the service there. /docs describes every call without it."
            )

    async def check_config(self) -> None:
        self.require_built()
        await super().check_config()

    async def get_response(self, path: str, scope: Scope) -> Response:
        self.require_built()
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        return response


def install(app: FastAPI, folder: Path | None = None) -> None:
    """Serve the site in `folder` at `/documentation`; by default the installed one, or `SITE`."""
    usual = INSTALLED_SITE if INSTALLED_SITE.is_dir() else SITE
    site = DocumentationSite((folder or usual).absolute())

    @app.get(ADDRESS, include_in_schema=False)
    def documentation(request: Request) -> RedirectResponse:
        site.require_built()
        return RedirectResponse(f"{request.scope.get('root_path', '')}{ADDRESS}/README.html")

    app.mount(ADDRESS, site, name="documentation")
