"""A Sphinx extension that leaves no inline script or style in the pages.

The service sends the same strict content security policy with these pages as with its own. Inline
scripts and style sheets therefore become files, and style attributes, which come with the tables of
notebooks, are removed.
"""

import hashlib
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

_INLINE = re.compile(r"<(script|style)(?: (?:scoped|type=\"[^\"]*\"))*>(.*?)</\1>", re.DOTALL)
_STYLE_ATTRIBUTE = re.compile(r"(<[a-z][^<>]*?) style=\"[^\"]*\"")
_TAGS = {"script": '<script src="{}"></script>', "style": '<link rel="stylesheet" href="{}">'}
_SUFFIXES = {"script": "js", "style": "css"}


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("build-finished", _rewrite_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _rewrite_pages(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        for page in Path(app.outdir).rglob("*.html"):
            text = page.read_text(encoding="utf-8")
            strict = without_inline_code(text, page, Path(app.outdir))
            if strict != text:
                page.write_text(strict, encoding="utf-8")


def without_inline_code(text: str, page: Path, site: Path) -> str:
    """Move the inline scripts and styles of a page into files of its site."""

    def move(found: re.Match[str]) -> str:
        kind, code = found[1], found[2]
        name = f"{hashlib.sha256(code.encode()).hexdigest()[:16]}.{_SUFFIXES[kind]}"
        target = site / "_static" / "inline" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(code, encoding="utf-8")
        return _TAGS[kind].format(
            "../" * (len(page.relative_to(site).parts) - 1) + f"_static/inline/{name}"
        )

    return _STYLE_ATTRIBUTE.sub(r"\1", _INLINE.sub(move, text))
