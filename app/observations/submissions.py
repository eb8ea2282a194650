"""A load handed in as JSON, and its statements."""

import math
from collections.abc import Iterator
from typing import Annotated, Any, BinaryIO

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, from_json

from app.errors import fault
from app.http.json_limits import not_json, require_limited_json
from app.http.parameters import DayField, MonthField
from app.observations.loading import LARGEST_STEP, MOST_FAULTS, BadFigures
from app.observations.new_release import NewObservation, NewRelease, is_text
from app.observations.observation import Qualifier, Status, official_status
from app.observations.publishers import OFFICIAL_SOURCES
from app.observations.readers import LocatedObservation
from app.observations.readers.tidy import LONGEST_NOTE, infer_rounding_unit

# Figures of one submission, all of which are in memory; files have no such limit.
MOST_SUBMITTED = 100_000
MOST_VALUES = 10 * MOST_SUBMITTED  # of any kind; a figure has seven fields
CHECKED_AT_ONCE = 1000


def _count(given: Any) -> int | None:
    if given is None:
        return None
    number = isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)
    if not number or given < 0 or given != int(given):
        raise PydanticCustomError("count", "a whole number from 0, or null if there is no figure")
    return int(given)


def _remark(given: str) -> str:
    if not is_text(given, longest=LONGEST_NOTE):
        raise PydanticCustomError(
            "remark", "printable text of at most {longest} characters", {"longest": LONGEST_NOTE}
        )
    return given


Remark = Annotated[
    str,
    AfterValidator(_remark),
    WithJsonSchema({"type": "string", "maxLength": LONGEST_NOTE}),
]


class SubmittedRelease(BaseModel):
    """The publication with the figures."""

    model_config = ConfigDict(extra="forbid")

    source: str = Field(
        description="Publisher: `cbp`, `frontex`, `home-office`, `press`, or another word.",
        examples=["press"],
    )
    title: str = Field(
        description="Title of the publication.", examples=["Expected count for April"]
    )
    published_on: DayField = Field(description="Publication date (UTC).", examples=["2024-05-07"])
    url: Remark | None = Field(None, description="Web address of the publication.")
    note: Remark | None = Field(None, description="Note.")


class SubmittedObservation(BaseModel):
    """One figure as the release states it."""

    model_config = ConfigDict(extra="forbid")

    series: str = Field(min_length=1, description="Key of the series.", examples=["usbp.southwest"])
    period: MonthField = Field(description="Calendar month.", examples=["2024-04"])
    value: Annotated[int | None, BeforeValidator(_count)] = Field(
        description="Encounters in the month; null withdraws the earlier figure of this source.",
        examples=[129000],
    )
    status: Status | None = Field(
        None,
        description="SDMX observation status. Default: P; A for official sources after the "
        "fiscal year's figures are final; O if there is no value. Use U for figures "
        "from unnamed people.",
        examples=["U"],
    )
    qualifier: Qualifier = Field(
        Qualifier.EXACT, description="How exactly the figure was stated.", examples=["about"]
    )
    rounding_unit: int | None = Field(
        None,
        ge=1,
        le=LARGEST_STEP,
        description="Unit to which it was rounded. Default: what its zeros suggest.",
        examples=[1000],
    )
    note: Remark | None = Field(None, description="Note.")


class Submission(BaseModel):
    """A release and its figures."""

    model_config = ConfigDict(extra="forbid")

    release: SubmittedRelease
    observations: list[SubmittedObservation] = Field(
        min_length=1, max_length=MOST_SUBMITTED, description="The figures that the release states."
    )

    @property
    def new_release(self) -> NewRelease:
        observation = self.release
        return NewRelease(
            observation.source,
            observation.title,
            observation.published_on,
            observation.url,
            observation.note,
        )

    def new_observations(self) -> Iterator[LocatedObservation]:
        """Each figure with its place, what was left open filled in."""
        for location, observation in enumerate(self.observations):
            yield LocatedObservation(
                f"observations[{location}]", _new_observation(observation, self.release)
            )


def submission_schema() -> dict[str, Any]:
    """JSON Schema of a submission, complete in itself."""
    schema = Submission.model_json_schema()
    parts = schema.pop("$defs")

    def inlined(given: Any) -> Any:
        if isinstance(given, list):
            return [inlined(each) for each in given]
        if not isinstance(given, dict):
            return given
        own = {name: inlined(each) for name, each in given.items() if name != "$ref"}
        return (inlined(parts[given["$ref"].rpartition("/")[2]]) | own) if "$ref" in given else own

    return dict(inlined(schema))


def read_submission(file: BinaryIO) -> Submission:
    """Read a JSON body.

    Its parts are counted before it is taken into memory, and its figures are checked a thousand at
    a time until too many are wrong.

    Raises BadFigures listing the bad places, or BadParameter if it is not JSON or has too many
    parts.
    """
    require_limited_json(file, most_values=MOST_VALUES, longest_array=MOST_SUBMITTED)
    file.seek(0)
    try:
        document = from_json(file.read())
    except ValueError as error:
        raise not_json(file) from error
    figures = document.get("observations") if isinstance(document, dict) else None
    if not isinstance(figures, list) or len(figures) <= CHECKED_AT_ONCE:
        return _validated(document)
    submission = _validated({**document, "observations": figures[:CHECKED_AT_ONCE]})
    for place in range(CHECKED_AT_ONCE, len(figures), CHECKED_AT_ONCE):
        more = {**document, "observations": figures[place : place + CHECKED_AT_ONCE]}
        submission.observations.extend(_validated(more, place).observations)
    return submission


def _validated(document: Any, first: int = 0) -> Submission:
    """A document as a submission; `first` is the place of its first figure in the whole one."""
    try:
        return Submission.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False)
        faults = [
            fault(each["type"], ("body", _place(each["loc"], first)), each["input"], each["msg"])
            for each in found[:MOST_FAULTS]
        ]
        raise BadFigures(faults, more=len(found) > MOST_FAULTS) from error


def _place(location: tuple[str | int, ...], first: int) -> str:
    """A place in the body as people write it: observations[3].value."""
    path = "".join(
        f"[{part + first}]" if isinstance(part, int) else f".{part}" for part in location
    )
    return path.removeprefix(".")


def _new_observation(
    observation: SubmittedObservation, release: SubmittedRelease
) -> NewObservation:
    if observation.status is not None:
        status = observation.status
    elif observation.value is None:
        status = Status.MISSING
    elif release.source in OFFICIAL_SOURCES:
        status = official_status(observation.period, release.published_on, source=release.source)
    else:
        status = Status.PROVISIONAL
    unit = observation.rounding_unit
    if unit is None:
        unit = (
            1
            if observation.value is None
            else infer_rounding_unit(observation.value, observation.qualifier, release.source)
        )
    return NewObservation(
        observation.series,
        observation.period,
        observation.value,
        status,
        observation.qualifier,
        unit,
        observation.note,
    )
