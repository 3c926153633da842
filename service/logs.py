"""Structured logs: one JSON object a line on stderr. Bodies, tokens and addresses are never logged."""

import logging
import sys
import traceback
from types import TracebackType

import orjson
import structlog


def configure(level: str) -> None:
    """Set up structlog, and send the standard library's warnings the same way."""
    threshold = getattr(logging, level.upper())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_without_messages),
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(_render)],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(_render),
            ],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    # A lost database is told once, by whoever needs it, and not again with a traceback for each pooled connection.
    logging.getLogger("asyncpg").setLevel(logging.ERROR)


def _without_messages(exc_info: tuple[type[BaseException], BaseException, TracebackType | None]) -> str:
    """A traceback that says where and what kind, without messages: those of the database and of pydantic quote values."""
    lines = []
    error: BaseException | None = exc_info[1]
    while error is not None:
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        constraint = getattr(error, "constraint_name", None)
        lines += [
            *traceback.format_tb(error.__traceback__),
            f"{kind} {constraint}\n" if constraint else f"{kind}\n",
        ]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "".join(lines)


def _render(event: object, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()
