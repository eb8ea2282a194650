"""Turns what a page shows into HTML, with the headers that keep everything else out."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from app.charts.captions import format_span, issue_caption
from app.charts.style import picture_height
from app.embeds.query import frame_height
from app.languages import LANGUAGES, Words
from app.languages import words as words_of
from app.web import figure_text, localization
from app.web.addresses import SiteAddresses
from app.web.api_calls import api_calls
from app.web.assets import asset_names, bundle_name
from app.web.overview.query import Column, Measure, OverviewAddresses
from app.web.overview.view_model import Overview
from app.web.page_text import overview_sentence, preview_title, summary_sentence, title
from app.web.query import Addresses, Part
from app.web.sections.headline import headline_interval
from app.web.view_model import Page

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


def render(template: str, words: Words, addresses: SiteAddresses[Any], **shown: Any) -> bytes:
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
        sentence=summary_sentence(page, words),
        sentences={one: summary_sentence(page, words_of(one)) for one in LANGUAGES},
        title=title(page, words),
        preview_title=preview_title(page, words),
        calls=api_calls(page, addresses),
        parts=list(Part),
    )


def render_overview(view: Overview, words: Words, addresses: OverviewAddresses) -> bytes:
    return render(
        "overview.html",
        words,
        addresses,
        view=view,
        columns={column.value: column for column in Column},
        measures=list(Measure),
        description=overview_sentence(view, words),
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
        "number": figure_text.number,
        "between": figure_text.between,
        "rounded": figure_text.rounded,
        "share": figure_text.share,
        "plain": figure_text.plain,
        "code": figure_text.code,
        "format_value": figure_text.format_value,
        "status": figure_text.status,
        "explain_figure": figure_text.explain_figure,
        "is_open": figure_text.is_open,
        "headline_interval": headline_interval,
        "translate_record_text": localization.translate_record_text,
        "translate_warning": localization.translate_warning,
        "explained_problem": localization.explain_problem,
        "issue_caption": issue_caption,
        "format_span": format_span,
        "height_of": picture_height,
        "frame_height": frame_height,
    }
    return environment
