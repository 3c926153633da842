"""A load generator that costs little: one thread, one epoll, one request in flight per connection.

asyncio would do, but takes longer for an answer than the service does; this takes about 10 µs.
"""

import itertools
import select
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_BUFFER = 256 * 1024
_HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Driven:
    """What came of it: answers of the status that was expected, others, and times to answer in seconds, sorted."""

    answers: int
    others: int
    seconds: float
    latencies: list[float]
    # The share of the time in which the client itself computed: near 1, the figure is the client's and not the server's.
    busy: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    def latency(self, share: float) -> float:
        """The time that this share of the answers kept, in seconds."""
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


class _Connection:
    """A keep-alive connection and the answer that is being read from it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.left = 0
        self.status = b""
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.sent_at = time.perf_counter()
        if self.socket.send(request) != len(request):
            raise OSError("a request did not fit the socket's buffer")

    def read(self, buffer: bytearray) -> bool:
        """Take what has come; True when the answer is complete."""
        count = self.socket.recv_into(buffer)
        if count == 0:
            raise ConnectionResetError("the server closed a connection that was in use")
        if self.left == 0:
            end = buffer.find(_HEAD_END, 0, count) + len(_HEAD_END)
            at = buffer.find(b"ontent-Length: ", 0, end) + 15
            if end < len(_HEAD_END) or at < 15:
                raise ValueError(
                    "an answer without its whole head in the first packet, or without Content-Length"
                )
            self.status = bytes(buffer[9:12])
            self.left = end + int(buffer[at : buffer.find(b"\r", at)])
        self.left -= count
        return self.left == 0


def drive(
    port: int,
    requests: Sequence[bytes],
    *,
    connections: int = 64,
    seconds: float,
    status: int = 200,
    once: bool = False,
) -> Driven:
    """Send the requests in turn for some seconds, from the start again when they are used up unless `once`.

    Each connection sends its next request when the one before is answered.
    """
    source: Iterator[bytes] = iter(requests) if once else itertools.cycle(requests)
    epoll = select.epoll()
    open_by_fd: dict[int, _Connection] = {}
    for request in itertools.islice(source, connections):
        connection = _Connection(port)
        open_by_fd[connection.socket.fileno()] = connection
        epoll.register(connection.socket.fileno(), select.EPOLLIN)
        connection.send(request)
    return _run(epoll, open_by_fd, source, seconds, str(status).encode())


def _run(
    epoll: select.epoll,
    open_by_fd: dict[int, _Connection],
    source: Iterator[bytes],
    seconds: float,
    expected: bytes,
) -> Driven:
    buffer = bytearray(_BUFFER)
    latencies: list[float] = []
    others = 0
    started, computed = time.perf_counter(), time.process_time()
    deadline = started + seconds
    while open_by_fd and time.perf_counter() < deadline:
        for fd, _ in epoll.poll(1.0):
            connection = open_by_fd[fd]
            if not connection.read(buffer):
                continue
            now = time.perf_counter()
            latencies.append(now - connection.sent_at)
            others += connection.status != expected
            request = next(source, None)
            if request is None:
                connection.socket.close()
                del open_by_fd[fd]
            else:
                connection.send(request)
    took = time.perf_counter() - started
    busy = (time.process_time() - computed) / took
    for connection in open_by_fd.values():
        connection.socket.close()
    epoll.close()
    return Driven(len(latencies) - others, others, took, sorted(latencies), busy)
