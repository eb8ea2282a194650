"""The title and the description of a chart, written into the file of its picture."""

import struct
import zlib
from html import escape
from typing import Any

_PNG_HEAD = 33  # bytes: the signature and the chunk IHDR, after which texts may stand


def title_of(specification: dict[str, Any]) -> str:
    """The title of a Vega-Lite specification as one line."""
    text = specification["title"]["text"]
    return " ".join(text) if isinstance(text, list) else str(text)


def add_to_svg(svg: str, title: str, description: str) -> str:
    """The picture with both as the elements that screen readers and file managers look for."""
    texts = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    beginning, end, rest = svg.partition(">")
    return f"{beginning}{end}{texts}{rest}"


def add_to_png(png: bytes, title: str, description: str) -> bytes:
    """The picture with both as international texts (PNG, third edition, 11.3.3.4)."""
    texts = _text_chunk("Title", title) + _text_chunk("Description", description)
    return png[:_PNG_HEAD] + texts + png[_PNG_HEAD:]


def _text_chunk(keyword: str, text: str) -> bytes:
    """Keyword, neither compressed nor of a stated language or translated keyword, and the text."""
    content = b"iTXt" + keyword.encode("latin-1") + bytes(5) + text.encode()
    return struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
