"""`make bench`: measures, and prints one table; each figure beside a reference of the same run.

With names as arguments only those: reading, posting, throughput, waiting.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable

from service import logs
from tests.benchmarks.judging import throughput, waiting
from tests.benchmarks.posting import posting
from tests.benchmarks.reading import reading
from tests.benchmarks.surroundings import Surroundings, surroundings
from tests.benchmarks.table import Row, render
from tests.benchmarks.texts import NoDataError

Benchmark = Callable[[Surroundings], Awaitable[list[Row]]]
BENCHMARKS: list[Benchmark] = [reading, posting, throughput, waiting]


def main() -> int:
    names = {benchmark.__name__ for benchmark in BENCHMARKS}
    wanted = set(sys.argv[1:]) or names
    if unknown := wanted - names:
        print(f"No such benchmark: {', '.join(sorted(unknown))}. There are {', '.join(sorted(names))}.")
        return 2
    logs.configure("warning")
    with surroundings() as around:
        rows = asyncio.run(measure(around, wanted))
    if rows:
        print(render(rows))
    return 0 if rows else 1


async def measure(around: Surroundings, wanted: set[str]) -> list[Row]:
    """Run the benchmarks one after another; one that lacks its data is skipped, by name."""
    rows: list[Row] = []
    for benchmark in BENCHMARKS:
        if benchmark.__name__ in wanted:
            print(f"{benchmark.__name__} …", file=sys.stderr)
            try:
                rows += await benchmark(around)
            except NoDataError as error:
                print(f"{benchmark.__name__} skipped: {error}")
    return rows


if __name__ == "__main__":
    sys.exit(main())
