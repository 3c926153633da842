"""Structured logs: one JSON object a line on stderr. Bodies, tokens and addresses are never logged."""

import logging
import sys

import orjson
import structlog


def configure(level: str) -> None:
    """Set up structlog, and send the standard library's warnings the same way."""
    threshold = getattr(logging, level.upper())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
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


def _render(event: object, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()
