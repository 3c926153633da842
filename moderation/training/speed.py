"""How fast and how large a model directory is in use, measured in a process of its own, where torch is not loaded.

`python -m moderation.training.speed DIRECTORY` reads a JSON list of comments and prints JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from moderation.bundled import load_bundled

_THREADS = 2
_ROUNDS = 3


def measure_speed(directory: Path, texts: Sequence[str]) -> dict[str, float]:
    """Comments a second, one by one and in batches, the best of a few rounds, and how busy the machine was before; seconds to load;
    megabytes.
    """
    command = [sys.executable, "-m", "moderation.training.speed", str(directory)]
    done = subprocess.run(command, input=json.dumps(list(texts)), capture_output=True, text=True, check=True)  # noqa: S603
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _measure(directory: Path, texts: Sequence[str]) -> dict[str, float]:
    started = time.perf_counter()
    load_before = os.getloadavg()[0]
    classifier = load_bundled(directory, _THREADS)
    loaded = time.perf_counter() - started
    single, batched = [], []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        for text in texts:
            classifier.score([text])
        single.append(len(texts) / (time.perf_counter() - started))
        started = time.perf_counter()
        classifier.score(texts)
        batched.append(len(texts) / (time.perf_counter() - started))
    size = sum(path.stat().st_size for path in directory.iterdir() if path.is_file())
    return {
        "threads": _THREADS,
        "load_before": round(load_before, 1),
        "load_seconds": round(loaded, 3),
        "one_by_one_per_second": round(max(single)),
        "in_batches_per_second": round(max(batched)),
        "megabytes_on_disk": round(size / 1e6, 2),
        "megabytes_resident": round(psutil.Process().memory_info().rss / 1e6),
    }


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]), json.load(sys.stdin))))  # noqa: T201 -- the answer
