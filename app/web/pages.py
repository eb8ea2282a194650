"""Turns what a page shows into HTML, with the headers that keep everything else out."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from app.charts.describing import dashed, made
from app.charts.style import picture_height
from app.languages import LANGUAGES, Words
from app.web import figures, translating
from app.web.assets import asset_names, bundle_name
from app.web.calls import calls
from app.web.query import Addresses
from app.web.view import Page, sentence, told

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Vary": "Accept-Language",
    "Content-Language": "",
}


def render(template: str, words: Words, addresses: Addresses, **shown: Any) -> bytes:
    """A template in a language."""
    names = {name: addresses.local(f"/assets/{asked}") for name, asked in asset_names().items()}
    bundle = bundle_name()
    return (
        _environment()
        .get_template(template)
        .render(
            w=words,
            at=addresses,
            assets=names,
            bundle=addresses.local(f"/assets/{bundle}") if bundle else None,
            languages=LANGUAGES,
            **shown,
        )
        .encode()
    )


def render_page(page: Page, words: Words, addresses: Addresses) -> bytes:
    return render(
        "page.html",
        words,
        addresses,
        page=page,
        sentence=sentence(page, words),
        calls=calls(page, addresses),
    )


def headers(words: Words) -> dict[str, str]:
    return HEADERS | {"Content-Language": words.language}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("app.web"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.globals |= {
        "number": figures.number,
        "between": figures.between,
        "rounded": figures.rounded,
        "said": figures.said,
        "status": figures.status,
        "explained": figures.explained,
        "is_open": figures.is_open,
        "told": told,
        "translated": translating.translated,
        "warned": translating.warned,
        "explained_problem": translating.explained_problem,
        "made": made,
        "dashed": dashed,
        "height_of": picture_height,
    }
    return environment
