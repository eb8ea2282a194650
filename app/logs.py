"""The log: every line by one renderer, for people or as JSON, with the request that it belongs to.

Modules log with Python's own loggers, and so do uvicorn and SQLAlchemy. What a line says beside its
sentence is given as `extra`, such as the status of a request.
"""

import logging
import sys
from typing import Any, TextIO

import structlog
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import EventDict, Processor

from app.config import LogFormat
from app.keys.redaction import redact_keys

REQUESTS = "bordercast.requests"  # the logger of one line for each request
REQUEST_FIELDS = ("method", "path", "status", "duration_seconds", "client", "key_name")


def configure_logging(log_format: LogFormat) -> None:
    """Write whatever is logged from now on to stderr, in place of what was set up before."""
    root = logging.getLogger()
    root.handlers = [new_handler(log_format, sys.stderr)]
    root.setLevel(logging.WARNING)
    for told in ("app", REQUESTS, "uvicorn"):
        logging.getLogger(told).setLevel(logging.INFO)


def new_handler(log_format: LogFormat, stream: TextIO) -> logging.Handler:
    """What writes records to a stream, one line each, without API keys."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                add_log_level,
                add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                ExtraAdder(allow=REQUEST_FIELDS),
                structlog.processors.format_exc_info,
                _redact,
            ],
            processors=[
                ProcessorFormatter.remove_processors_meta,
                *_renderers(log_format, colors=stream.isatty()),
            ],
        )
    )
    return handler


def _renderers(log_format: LogFormat, *, colors: bool) -> list[Processor]:
    if log_format is LogFormat.JSON:
        return [structlog.processors.JSONRenderer()]
    plain = structlog.dev.plain_traceback
    return [
        _say_request,
        structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain),
    ]


def _redact(_logger: Any, _name: str, line: EventDict) -> EventDict:
    for name, text in line.items():
        if isinstance(text, str):
            line[name] = redact_keys(text)
    return line


def _say_request(_logger: Any, _name: str, line: EventDict) -> EventDict:
    """Put what a request was into the sentence, as servers have always logged it."""
    if line.get("logger") == REQUESTS:
        method, path, status = line.pop("method"), line.pop("path"), line.pop("status")
        line["event"] = f'"{method} {path}" {status}'
    return line
