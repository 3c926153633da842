"""Small checkpoints in Detoxify's own format, one per family, with config and tokenizer beside them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sentencepiece
import torch
import transformers
from tokenizers import ByteLevelBPETokenizer

SENTENCES = (
    "thank you for the article, i learned a lot",
    "you are an idiot and so is your mother",
    "the council will vote on the budget next week",
    "nobody asked for your stupid opinion, go away",
    "what a lovely picture of the old harbour",
    "these people are a disgrace to the whole country",
)
ORIGINAL = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"]
UNBIASED = [
    "toxicity",
    "severe_toxicity",
    "obscene",
    "identity_attack",
    "insult",
    "threat",
    "sexual_explicit",
]
_SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}


@dataclass(frozen=True)
class Made:
    """What lies in a folder: `checkpoint.ckpt` and `config/`."""

    checkpoint: Path
    config: Path

    def content(self) -> dict[str, Any]:
        found: dict[str, Any] = torch.load(self.checkpoint, weights_only=True)
        return found

    def rewrite(self, content: Mapping[str, Any]) -> None:
        torch.save(dict(content), self.checkpoint)


def make(
    family: str, folder: Path, *, classes: list[str] | None = None, outputs: int | None = None, seed: int = 0
) -> Made:
    """A checkpoint of `Bert`, `Roberta` or `Albert`; `outputs` may be more than `classes`, as in the real ones."""
    config = folder / "config"
    config.mkdir(parents=True)
    vocabulary = {"Bert": _wordpieces, "Roberta": _byte_pairs, "Albert": _pieces}[family](config)
    classes = classes or (ORIGINAL if family == "Bert" else UNBIASED)
    outputs = outputs or (len(classes) if family == "Bert" else 16)
    settings = _settings(family, vocabulary)
    settings.save_pretrained(config)
    torch.manual_seed(seed)
    settings.num_labels = outputs
    model = getattr(transformers, f"{family}ForSequenceClassification")(settings)
    for weight in model.parameters():
        # As spread out as a trained model's, so that texts get different scores.
        torch.nn.init.normal_(weight, std=0.3) if weight.ndim > 1 else None
    arch = {
        "model_type": {"Bert": "bert-base-uncased", "Roberta": "roberta-base", "Albert": "albert-base-v2"}[
            family
        ],
        "model_name": f"{family}ForSequenceClassification",
        "tokenizer_name": f"{family}Tokenizer",
        "num_classes": outputs,
    }
    made = Made(folder / "checkpoint.ckpt", config)
    made.rewrite(
        {
            "config": {"arch": {"type": "", "args": arch}, "dataset": {"args": {"classes": classes}}},
            "state_dict": model.state_dict(),
        }
    )
    return made


def _settings(family: str, vocabulary: int) -> transformers.PretrainedConfig:
    more: dict[str, Any] = {}
    if family == "Roberta":
        more = {
            "max_position_embeddings": 130,
            "pad_token_id": 1,
            "bos_token_id": 0,
            "eos_token_id": 2,
            "type_vocab_size": 1,
        }
    if family == "Albert":
        more = {"embedding_size": 16, "max_position_embeddings": 128}
    if family == "Bert":
        more = {"max_position_embeddings": 128}
    made: transformers.PretrainedConfig = getattr(transformers, f"{family}Config")(
        vocab_size=vocabulary, **_SMALL, **more
    )
    return made


def _wordpieces(config: Path) -> int:
    words = sorted({word for sentence in SENTENCES for word in sentence.replace(",", " ,").split()})
    letters = [*map(chr, range(97, 123)), *(f"##{chr(code)}" for code in range(97, 123))]
    pieces = list(dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *words]))
    (config / "vocab.txt").write_text("\n".join(pieces) + "\n", "utf-8")
    return len(pieces)


def _byte_pairs(config: Path) -> int:
    tokenizer = ByteLevelBPETokenizer()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer.train_from_iterator(SENTENCES, vocab_size=400, special_tokens=special, show_progress=False)
    tokenizer.save_model(str(config))
    return len(json.loads((config / "vocab.json").read_text("utf-8")))


def _pieces(config: Path) -> int:
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES * 20),
        model_prefix=str(config / "spiece"),
        vocab_size=80,
        hard_vocab_limit=False,
        pad_id=0,
        unk_id=1,
        bos_id=-1,
        eos_id=-1,
        control_symbols="[CLS],[SEP],[MASK]",
        minloglevel=2,
    )
    (config / "spiece.vocab").unlink()
    return sentencepiece.SentencePieceProcessor(model_file=str(config / "spiece.model")).get_piece_size()
