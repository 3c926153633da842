"""Real comments, from the folder that PARLEY_DATA_SOURCES names."""

import csv
import gzip
import itertools
import os
from functools import cache
from pathlib import Path

FILE = "wiki_jigsaw_train.csv.gz"
_LONGEST = 2000


class NoDataError(Exception):
    """The file with comments is not there; the text says where it was looked for."""


@cache
def texts(count: int) -> list[str]:
    """`count` comments of up to 2,000 characters, spread over the file, over again if it has fewer."""
    path = Path(os.environ.get("PARLEY_DATA_SOURCES") or "../shared/data") / FILE
    if not path.exists():
        raise NoDataError(f"{path} is missing: PARLEY_DATA_SOURCES names its folder")
    csv.field_size_limit(10**7)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        found = [
            row["text"]
            for row in csv.DictReader(lines)
            if len(row["text"].strip()) > 0 and len(row["text"]) <= _LONGEST
        ]
    step = max(1, len(found) // count)
    return list(itertools.islice(itertools.cycle(found[::step]), count))
