"""A line to the database that a test can cut and mend."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

_PORT = 5432


class Line:
    """Passes bytes between clients of `dsn` and the real server; cut, it refuses and drops connections."""

    def __init__(self, real: str, directory: Path) -> None:
        query = parse_qs(urlsplit(real).query)
        self._server = f"{query['host'][0]}/.s.PGSQL.{query.get('port', [_PORT])[0]}"
        self._socket = directory / f".s.PGSQL.{_PORT}"
        self._open: set[asyncio.StreamWriter] = set()
        self._listening: asyncio.Server | None = None
        self.dsn = urlsplit(real)._replace(query=f"host={quote(str(directory))}&port={_PORT}").geturl()

    async def mend(self) -> None:
        """Let connections through."""
        self._listening = await asyncio.start_unix_server(self._pass, self._socket)

    async def cut(self) -> None:
        """Drop every connection and refuse new ones."""
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        self._socket.unlink(missing_ok=True)
        for writer in tuple(self._open):
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(self._server)
        self._open |= {writer, far_writer}
        try:
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        finally:
            for side in (writer, far_writer):
                self._open.discard(side)
                side.close()


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    target.close()


@contextlib.asynccontextmanager
async def severable(real: str, directory: Path) -> AsyncIterator[Line]:
    """A line to the server that `real` names; `directory` must have a short path."""
    line = Line(real, directory)
    await line.mend()
    try:
        yield line
    finally:
        await line.cut()
