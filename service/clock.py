"""What time it is: by the database's clock, which all processes share. A machine's own may be an hour off."""

import time

from moderation.database import Pool

READ_EVERY_S = 60.0


class Clock:
    """Seconds since 1970. Between readings the machine only counts on, which it does well even where its clock is wrong."""

    def __init__(self) -> None:
        """Until it has been read it is the machine's."""
        self._started = time.time() - time.monotonic()

    def now(self) -> float:
        """The time."""
        return self._started + time.monotonic()

    async def read(self, pool: Pool) -> None:
        """Ask the database; good to half of what the answer took."""
        asked = time.monotonic()
        told: float = await pool.fetchval("SELECT extract(epoch FROM clock_timestamp())::float8")
        self._started = told - (asked + time.monotonic()) / 2
