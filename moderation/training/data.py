"""Training rows: read, labelled, and split by a hash of the text, so that no copy of a comment is in two splits."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from math import nan
from pathlib import Path

from moderation.labels import JIGSAW_COLUMNS, LABELS

NATURAL_PREVALENCE = 0.096
"""The share of toxic comments among all Wikipedia talk-page comments of the Jigsaw challenge (15,294 of 159,571)."""

FILES = {
    "wiki": "wiki_jigsaw_train.csv.gz",
    "news": "civil_toxic_spans_train.csv.gz",
    "emoji": "hatemoji_build.csv.gz",
    "paraphrases": "paradetox.csv.gz",
    "templates": "bias_madlibs.csv.gz",
}


@dataclass(frozen=True)
class Source:
    """Where a file comes from and under which licence, for the model card."""

    what: str
    licence: str


SOURCES = {
    FILES["wiki"]: Source(
        "Wikipedia talk pages, Jigsaw Toxic Comment Classification Challenge", "CC0; text CC BY-SA 3.0"
    ),
    FILES["news"]: Source(
        "Civil Comments from news sites, with toxic spans (ipavlopoulos/toxic_spans)", "CC0"
    ),
    FILES["emoji"]: Source("HatemojiBuild (HannahKirk/Hatemoji)", "CC BY 4.0"),
    FILES["paraphrases"]: Source("ParaDetox (s-nlp/paradetox)", "CC0"),
    FILES["templates"]: Source("bias_madlibs_77k: measured on, not trained on (conversationai)", "CC BY 4.0"),
}
_KEY = re.compile(r"[^a-z0-9]+")


class Split(Enum):
    """`dev` is for every choice, `test` for the figures in the model card and for nothing else."""

    TRAIN = "train"
    DEV = "dev"
    TEST = "test"


@dataclass(frozen=True)
class Row:
    """One comment; `targets` in the order of LABELS, between 0 and 1, NaN where nobody judged."""

    text: str
    targets: tuple[float, ...]
    source: str
    style: str
    split: Split


def data_directory(given: str | Path | None = None) -> Path:
    """Where the training files lie: as given, else PARLEY_DATA_SOURCES, else `../shared/data`.

    Raises FileNotFoundError, naming the missing file, when they are not there.
    """
    directory = Path(given or os.environ.get("PARLEY_DATA_SOURCES") or "../shared/data")
    for name in FILES.values():
        if not (directory / name).is_file():
            raise FileNotFoundError(
                f"{directory / name} is missing: name the folder with --data or PARLEY_DATA_SOURCES"
            )
    return directory


def checksums(directory: Path) -> dict[str, str]:
    """SHA-256 of every training file, for the record of what a model was made from."""
    return {name: checksum(directory / name) for name in FILES.values()}


def checksum(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_rows(directory: Path) -> list[Row]:
    """Every row of every source, in a fixed order."""
    return [row for source, name in FILES.items() for row in _READERS[source](_records(directory / name))]


def draw(text: str, salt: str) -> float:
    """A number in [0, 1) that depends on letters and digits of the text alone, so on the same text in any style."""
    key = _KEY.sub("", text.lower())
    return int.from_bytes(hashlib.blake2b(f"{salt}:{key}".encode(), digest_size=6).digest()) / 2**48


def _split(text: str) -> Split:
    place = draw(text, "split")
    return Split.TEST if place < 0.1 else Split.DEV if place < 0.2 else Split.TRAIN


def _records(path: Path) -> Iterator[dict[str, str]]:
    csv.field_size_limit(1 << 24)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _only_toxicity(value: float) -> tuple[float, ...]:
    """Unknown labels are 0 where the whole is not toxic, as they nearly always are, and unknown otherwise."""
    rest = nan if value else 0.0
    return (value, *(rest for _ in LABELS[1:]))


def _wiki(records: Iterator[dict[str, str]]) -> Iterator[Row]:
    for record in records:
        known = all(record[column] for column in JIGSAW_COLUMNS)
        targets = (
            tuple(float(record[column]) for column in JIGSAW_COLUMNS)
            if known
            else _only_toxicity(float(record["toxic"]))
        )
        yield Row(record["text"], targets, "wiki", record["style"], _split(record["text"]))


_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")


def _news(records: Iterator[dict[str, str]]) -> Iterator[Row]:
    """Posts as their annotators judged them, and the sentences of a post in which nobody marked anything, which are
    the only news sentences at hand that were read and found harmless.
    """
    for record in records:
        text, split, raters = record["text"], _split(record["text"]), float(record["n_raters"])
        share = {
            name: float(record[f"n_{name}"]) / raters
            for name in ("profane_obscene", "threat", "insult", "identity_attack")
        }
        soft = float(record["toxic_soft"])
        targets = (
            soft,
            nan,
            share["profane_obscene"],
            share["threat"],
            share["insult"],
            share["identity_attack"],
        )
        yield Row(text, tuple(min(1.0, value) for value in targets), "news", "raw", split)
        marked = set(json.loads(record["spans"])) if record["spans"] else set()
        if marked:
            yield from _harmless_sentences(text, marked, split)


def _harmless_sentences(text: str, marked: set[int], split: Split) -> Iterator[Row]:
    for found in _SENTENCE.finditer(text):
        words = found.group().strip()
        if len(words) >= 40 and marked.isdisjoint(range(*found.span())):
            yield Row(words, _only_toxicity(0.0), "news-harmless", "raw", split)


def _emoji(records: Iterator[dict[str, str]]) -> Iterator[Row]:
    for record in records:
        hateful = float(record["hateful"])
        yield Row(
            record["text"], (hateful, nan, nan, nan, nan, hateful), "emoji", "raw", _split(record["text"])
        )


def _plain(source: str) -> Callable[[Iterator[dict[str, str]]], Iterator[Row]]:
    def read(records: Iterator[dict[str, str]]) -> Iterator[Row]:
        for record in records:
            yield Row(
                record["text"],
                _only_toxicity(float(record["toxic"])),
                source,
                "lower",
                _split(record["text"]),
            )

    return read


_READERS: dict[str, Callable[[Iterator[dict[str, str]]], Iterator[Row]]] = {
    "wiki": _wiki,
    "news": _news,
    "emoji": _emoji,
    "paraphrases": _plain("paraphrases"),
    "templates": _plain("templates"),
}


def natural(rows: list[Row], split: Split) -> list[Row]:
    """The Wikipedia rows of one split as they were written, with toxic ones thinned to their natural share."""
    raw = [row for row in rows if row.split is split and row.source == "wiki" and row.style == "raw"]
    toxic = sum(row.targets[0] for row in raw)
    keep = NATURAL_PREVALENCE / (1 - NATURAL_PREVALENCE) * (len(raw) - toxic) / toxic
    return [row for row in raw if not row.targets[0] or draw(row.text, "natural") < keep]
