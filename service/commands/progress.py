"""Progress of long work on the error stream: one line rewritten on a terminal, a line now and then elsewhere."""

import sys
import time
from typing import TextIO

_ON_TERMINAL_S, _ELSEWHERE_S = 0.2, 15.0
_WIDTH = 100


class Progress:
    """Call it with what is being done, how much of it is done, and of how much, as often as there is news."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._stage = ""
        self._started = self._told = 0.0

    def __call__(self, what: str, done: int, of: int) -> None:
        """Say how far it is, unless that was said a moment ago; the start and the end of a stage are always said."""
        now = time.monotonic()
        stage = what.partition(",")[0]
        fresh = stage != self._stage
        if fresh:
            self._end_line()
            self._stage, self._started = stage, now
        if fresh or done >= of or now - self._told >= (_ON_TERMINAL_S if self._live else _ELSEWHERE_S):
            self._told = now
            self._say(_line(what, done, of, now - self._started))

    def close(self) -> None:
        """End the line."""
        self._end_line()

    def _say(self, line: str) -> None:
        end = "" if self._live else "\n"
        self._stream.write(f"\r{line:<{_WIDTH}}{end}" if self._live else f"{line}{end}")
        self._stream.flush()

    def _end_line(self) -> None:
        if self._live and self._stage:
            self._stream.write("\n")


def _line(what: str, done: int, of: int, seconds: float) -> str:
    share = f"{what}: {done:,} of {of:,}"
    if not 0 < done < of or seconds < 1:
        return share
    return f"{share}, about {_duration(seconds * (of - done) / done)} left"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
