"""A machine whose clock is wrong: on the PYTHONPATH of a process this shifts its wall clock by PARLEY_TEST_SKEW_S seconds."""

import datetime as dt
import os
import time
from typing import Any

_SKEW_S = float(os.environ["PARLEY_TEST_SKEW_S"])
_time, _time_ns, _real = time.time, time.time_ns, dt.datetime
_SKEW = dt.timedelta(seconds=_SKEW_S)


class _Kind(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _real)


class _Skewed(_real, metaclass=_Kind):
    """Tells another time, in instances of the real class."""

    # Extensions check the size of an instance.
    __slots__ = ()

    def __new__(cls, *arguments: Any, **named: Any) -> Any:
        return _real(*arguments, **named)

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Any:
        return _real.now(tz) + _SKEW

    @classmethod
    def utcnow(cls) -> Any:
        return _real.now(dt.UTC).replace(tzinfo=None) + _SKEW


time.time = lambda: _time() + _SKEW_S
time.time_ns = lambda: _time_ns() + int(_SKEW_S * 1e9)
dt.datetime = _Skewed  # type: ignore[misc]
