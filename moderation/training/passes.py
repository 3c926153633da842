"""The encoder's passes over the examples: what it is shown, in which order, and how each goes on from the one before.

Every pass is kept in the work folder under a key of all that it depends on, so that a second run goes on from there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tokenizers import Tokenizer

from moderation.training.data import Row, checksum
from moderation.training.examples import Example
from moderation.training.mixture import EVERYDAY, mixture
from moderation.training.transformer import (
    Scorer,
    Settings,
    cut_vocabulary,
    fit,
    load_checkpoint,
    load_scorer,
    save_checkpoint,
)

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Pass:
    """How often the rows of a source are shown (see `mixture`), how many sentences of everyday kinds, and how hard."""

    copies: Mapping[str, float]
    settings: Settings
    sentences: int = 0


PASSES = (
    Pass(
        {"wiki": 1, "harmless wiki": 0.4, "news-harmless": 0.5, "paraphrases": 0.35},
        Settings(seed=7),
    ),
    Pass(
        {"wiki": 1, "harmless wiki": 0.45, "news-harmless": 0.4, "paraphrases": 0.15},
        Settings(seed=8, rate=1e-4, head_rate=5e-4, train_tokens=112),
    ),
    Pass(
        {"wiki": 1, "harmless wiki": 1, "news-harmless": 0.5, "paraphrases": 0.1, "emoji": 1},
        Settings(seed=9, rate=8e-5, head_rate=3e-4, train_tokens=112),
    ),
    Pass(
        {
            "wiki": 0.15,
            "harmless wiki": 0.1,
            "news": 0.15,
            "news-harmless": 0.1,
            "paraphrases": 0.02,
            "emoji": 1.5,
        },
        Settings(seed=10, rate=4e-5, head_rate=2e-4, train_tokens=112),
        sentences=EVERYDAY,
    ),
)
"""Most of it cut short and at a high rate; then another draw, longer and more gently; then every comment there is; last,
more of what the comments are poor in. An encoder learns little from one more harmless comment and pays the same for
it, so that most passes show a part of those only: the blend puts the shares right again."""


_MEAN_OF = 3
"""How many of the last passes the encoder's weights are the mean of: on the dev split it is better than each of them."""


def trained_encoder(
    work: Path, base: Path, rows: Sequence[Row], seed: int, report: Report
) -> tuple[Scorer, Tokenizer]:
    """The encoder, the mean of the last passes; passes that are in `work` are not done again."""
    folders, key = list[Path](), checksum(base / "model.safetensors")
    for number, one in enumerate(PASSES, 1):
        examples = mixture(rows, one.settings.seed, one.copies, one.sentences)
        key = _key(key, one.settings, examples)
        folder, before = work / f"encoder-{key[:16]}", folders[-1] if folders else None
        if not (folder / "kept.json").is_file():
            what = f"encoder, pass {number} of {len(PASSES)}"
            _one_pass(
                folder,
                before,
                base,
                examples,
                one.settings,
                seed,
                lambda *done, what=what: report(what, *done),
            )
        folders.append(folder)
    return _mean([load_checkpoint(folder, base, seed)[:2] for folder in folders[-_MEAN_OF:]])


def _mean(passes: Sequence[tuple[Scorer, Tokenizer]]) -> tuple[Scorer, Tokenizer]:
    """The last of these, its weights the mean of all: they lie near each other, as each went on from the one before."""
    scorer, tokenizer = passes[-1]
    states = [one.state_dict() for one, _ in passes]
    mean = {
        name: sum(state[name] for state in states) / len(states) if weight.is_floating_point() else weight
        for name, weight in states[-1].items()
    }
    scorer.load_state_dict(mean)
    return scorer, tokenizer


def _key(before: str, settings: Settings, examples: Sequence[Example]) -> str:
    """Of the examples themselves, in which rows, made sentences, spelling and noise all show."""
    shown = hashlib.sha256(json.dumps([before, asdict(settings)]).encode())
    for example in examples:
        shown.update(repr(example).encode("utf-8", "surrogatepass"))
    return shown.hexdigest()


def _one_pass(
    folder: Path,
    before: Path | None,
    base: Path,
    examples: Sequence[Example],
    settings: Settings,
    seed: int,
    tell: Callable[[int, int], None],
) -> None:
    """Go on from the pass before, or start from the pretrained encoder with its vocabulary cut to the examples."""
    folder.mkdir(exist_ok=True)
    if before is None:
        tokenizer, kept = cut_vocabulary(base, [example.text for example in examples], settings.vocabulary)
        scorer = load_scorer(base, kept, seed)
    else:
        scorer, tokenizer, kept = load_checkpoint(before, base, seed)
    fit(scorer, tokenizer, examples, settings, folder / "unfinished.pt", lambda done, of, _: tell(done, of))
    save_checkpoint(folder, scorer, tokenizer, kept)
    (folder / "unfinished.pt").unlink(missing_ok=True)
