"""oEmbed: how a page of this service is shown within another one (https://oembed.com)."""

from html import escape
from http import HTTPStatus
from typing import Annotated, Literal, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field

from app.charts.style import picture_height
from app.embeds.query import WIDE, frame_height
from app.errors import Fault, Problem
from app.http.parameters import Text, WholeNumber

USUAL_WIDTH, NARROWEST = 640, 240  # pixels
CACHE_SECONDS = 86_400
PROVIDER = "Bordercast"
PATHS = {"/": "forecast", "/embed/forecast": "forecast", "/embed/history": "history"}
_KEPT = ("series", "lang", "theme", "years", "scale")  # parameters that a frame takes over

Pixels = Annotated[int, WholeNumber(1, 10_000)]


class NothingToEmbed(Problem):
    """The address is not one of this service's pages that can be embedded: those of a series, such
    as `/?series=usbp.southwest`, and frames."""

    status = HTTPStatus.NOT_FOUND
    title = "Nothing to embed"

    def __init__(self, url: str) -> None:
        super().__init__(
            "This is not the address of a page that can be embedded. Give that of a series' page "
            "here, such as /?series=usbp.southwest.",
            faults=[Fault("url", url, "the address of a series' page of this service")],
        )


class OnlyJson(Problem):
    """oEmbed answers are given as JSON only."""

    status = HTTPStatus.NOT_IMPLEMENTED
    title = "JSON only"


class OEmbedQuery(BaseModel):
    """Parameters of an oEmbed request."""

    model_config = ConfigDict(extra="forbid")

    url: Text = Field(
        description="Full address of a series' page or of a frame of this service.",
        examples=["http://127.0.0.1:8000/?series=usbp.southwest"],
    )
    format: Literal["json", "xml"] = Field("json", description="`json`; `xml` is not available.")
    maxwidth: Pixels = Field(USUAL_WIDTH, description="Largest width, in pixels.", examples=[640])
    maxheight: Pixels | None = Field(None, description="Largest height, in pixels.", examples=[480])


class OEmbedAnswer(BaseModel):
    """An answer of the type `rich`: HTML to put into a page."""

    version: Literal["1.0"] = Field("1.0", description="The version of oEmbed.")
    type: Literal["rich"] = Field("rich", description="The kind of answer.")
    title: str = Field(description="What the frame shows.")
    provider_name: str = Field(PROVIDER, description="Who provides it.")
    provider_url: str = Field(description="Address of this service.")
    cache_age: int = Field(CACHE_SECONDS, description="How long to keep the answer, in seconds.")
    html: str = Field(description="An iframe.")
    width: int = Field(description="Width of the frame, in pixels.", examples=[640])
    height: int = Field(description="Height of the frame, in pixels.", examples=[376])
    thumbnail_url: str = Field(description="Address of a picture of the chart (PNG).")
    thumbnail_width: int = Field(description="Width of the picture, in pixels.")
    thumbnail_height: int = Field(description="Height of the picture, in pixels.")

    @classmethod
    def of(cls, frame: "Frame", title: str, query: OEmbedQuery) -> Self:
        width, height = _size(query)
        source = escape(frame.address)
        return cls(
            title=title,
            provider_url=f"{frame.site}/",
            html=f'<iframe src="{source}" width="{width}" height="{height}" '
            f'title="{escape(title)}" frameborder="0" loading="lazy"></iframe>',
            width=width,
            height=height,
            thumbnail_url=frame.picture,
            thumbnail_width=2 * WIDE,
            thumbnail_height=2 * picture_height(WIDE),
        )


class Frame(BaseModel):
    """A frame of this service: which chart it shows of which series."""

    model_config = ConfigDict(frozen=True)

    site: str
    kind: Literal["forecast", "history"]
    series: str
    given: dict[str, str]

    @property
    def address(self) -> str:
        return f"{self.site}/embed/{self.kind}?{urlencode(self.given)}"

    @property
    def picture(self) -> str:
        asked = {"series": self.series, "lang": self.given.get("lang", "en"), "width": WIDE}
        return f"{self.site}/charts/{self.kind}.png?{urlencode(asked)}"


def find_frame(url: str, *, site: str, first_series: str) -> Frame:
    """The frame that shows what a page of the service at `site` does. Raises NothingToEmbed."""
    own, asked = urlsplit(site), urlsplit(url)
    path = asked.path or "/"
    if asked.scheme not in ("http", "https") or asked.netloc.lower() != own.netloc.lower():
        raise NothingToEmbed(url)
    if not path.startswith(f"{own.path}/") or path.removeprefix(own.path) not in PATHS:
        raise NothingToEmbed(url)
    given = {name: value for name, value in parse_qsl(asked.query) if name in _KEPT}
    given = {"series": first_series} | given
    kind = PATHS[path.removeprefix(own.path)]
    return Frame.model_validate(
        {"site": site, "kind": kind, "series": given["series"], "given": given}
    )


def _size(query: OEmbedQuery) -> tuple[int, int]:
    """The largest frame that fits, though none narrower than can be read."""
    width = max(NARROWEST, min(USUAL_WIDTH, query.maxwidth))
    while width > NARROWEST and query.maxheight and frame_height(width) > query.maxheight:
        width = max(NARROWEST, width - 20)
    height = frame_height(width)
    return width, min(height, query.maxheight or height)
