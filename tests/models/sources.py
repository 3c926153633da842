"""Training files as small as they can be, and a tiny encoder to start from: for trying the whole of the training."""

import csv
import gzip
import io
import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

_CALM = [
    "the",
    "article",
    "was",
    "good",
    "and",
    "i",
    "think",
    "that",
    "people",
    "in",
    "this",
    "city",
    "read",
    "it",
    "with",
    "interest",
    "every",
    "single",
    "week",
]
_INSULTS = ("idiot", "moron", "stupid", "bastard", "scumbag")
_LABELS = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")


def write_sources(folder: Path, rows: int = 3_000) -> Path:
    """The five files under their own names and columns; a comment is toxic if it has an insult in it."""
    dice = random.Random(3)
    folder.mkdir(parents=True, exist_ok=True)
    wiki = (
        (text, "jigsaw", "raw", str(n), *_six(toxic))
        for n, (text, toxic) in enumerate(_comments(dice, rows, 0.3))
    )
    _write(folder / "wiki_jigsaw_train.csv.gz", ("text", "source", "style", "id", *_LABELS), wiki)
    _write(
        folder / "civil_toxic_spans_train.csv.gz",
        (
            "text",
            "n_raters",
            "toxic_soft",
            "spans",
            "n_profane_obscene",
            "n_threat",
            "n_insult",
            "n_identity_attack",
        ),
        (
            (text, "3", str(toxic), _spans(text), "0", "0", str(3 * toxic), "0")
            for text, toxic in _comments(dice, 200, 0.5)
        ),
    )
    _write(
        folder / "hatemoji_build.csv.gz",
        ("text", "hateful"),
        ((f"{text} 🐷", str(toxic)) for text, toxic in _comments(dice, 100, 0.5)),
    )
    for name in ("paradetox", "bias_madlibs"):
        texts = (
            (f"women {text}" if name == "bias_madlibs" else text, str(toxic))
            for text, toxic in _comments(dice, 300, 0.5)
        )
        _write(
            folder / f"{name}.csv.gz" if name == "paradetox" else folder / "bias_madlibs.csv.gz",
            ("text", "toxic"),
            texts,
        )
    return folder


def _comments(dice: random.Random, count: int, share: float) -> Iterable[tuple[str, int]]:
    for _ in range(count):
        words = dice.sample(_CALM, 6) + dice.sample(_CALM, 6)
        toxic = int(dice.random() < share)
        if toxic:
            words[dice.randrange(12)] = dice.choice(_INSULTS)
        yield " ".join(words), toxic


def _six(toxic: int) -> list[str]:
    return [str(toxic)] * 6


def _spans(text: str) -> str:
    found = [text.index(word) for word in _INSULTS if word in text]
    return json.dumps(list(range(found[0], found[0] + 4))) if found else ""


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(rows)
    path.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))


def write_base(folder: Path) -> Path:
    """An encoder of two small layers with the words of the comments, in the files that a real one has."""
    words = sorted({*_CALM, *_INSULTS, "pig", "women", "you", "are"})
    letters = [f"{mark}{chr(code)}" for mark in ("", "##") for code in range(97, 123)]
    pieces = list(dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *words]))
    tokenizer = Tokenizer(models.WordPiece({piece: n for n, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
    )
    transformers.BertModel(config).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder
