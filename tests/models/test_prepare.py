"""Preparing a Detoxify model: what is installed judges as the original does, needs no torch, and says what it is."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from moderation import conversion, preparing
from moderation.classifier import ClassifierUnavailable, load
from moderation.conversion import Drift, drift
from moderation.detoxify import digest_of, folder_of
from moderation.preparing import Attempt, DriftError
from service.cli import main
from tests.models.checkpoints import SENTENCES, Made, make

TEXTS = [f"{one} {two}" for one in SENTENCES for two in ("", *SENTENCES)]


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PARLEY_MODELS_DIR", str(tmp_path))
    monkeypatch.setenv("PARLEY_MODEL_THREADS", "1")
    return tmp_path


def silent(_what: str, _done: int, _of: int) -> None:
    pass


FAMILIES = {"Bert": "original", "Roberta": "unbiased", "Albert": "unbiased-small"}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_prepared_model_scores_as_the_original_also_in_windows(models: Path, family: str) -> None:
    variant = FAMILIES[family]
    make(family, folder_of(variant))
    texts = [*TEXTS, " ".join(SENTENCES * 12), "", "one"]
    before = load(f"detoxify:{variant}")
    wanted = before.score(texts)

    record = preparing.prepare(variant, TEXTS, silent)

    after = load(f"detoxify:{variant}")
    assert after.id == record["id"] == f"{before.id}+{record['chosen']}"
    assert after.labels == before.labels
    for text, was, now in zip(texts, wanted, after.score(texts), strict=True):
        assert now == pytest.approx(was, abs=0.05), text


def test_the_record_says_what_was_tried_and_found(models: Path) -> None:
    made = make("Bert", folder_of("original"))
    preparing.prepare("original", TEXTS, silent)
    record = json.loads((folder_of("original") / "prepared" / "prepared.json").read_text())
    assert {one["kind"] for one in record["attempts"]} == {"int8", "exact", "bf16"}
    exact = next(one for one in record["attempts"] if one["kind"] == "exact")
    assert exact["drift"]["flipped"] == 0
    assert exact["drift"]["largest"] < 1e-3
    assert record["checkpoint"] == preparing.read_checkpoint("original", made.checkpoint, made.config).digest
    assert record["comments"] == len(TEXTS)


def test_albert_is_not_rounded(models: Path) -> None:
    make("Albert", folder_of("unbiased-small"))
    record = preparing.prepare("unbiased-small", TEXTS, silent)
    assert [one["kind"] for one in record["attempts"]] == ["exact", "bf16"]


def test_a_prepared_model_needs_neither_torch_nor_the_checkpoint(models: Path) -> None:
    made = make("Roberta", folder_of("unbiased"))
    preparing.prepare("unbiased", TEXTS, silent)
    made.checkpoint.unlink()
    code = (
        "import sys; sys.modules.update(torch=None, transformers=None, detoxify=None); "
        "from moderation.classifier import load; one = load('detoxify:unbiased'); "
        "print(one.id, sorted(one.score(['a text'])[0]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("detoxify:unbiased@")
    assert "toxicity" in done.stdout


@pytest.mark.parametrize("kind", ["exact", "int8", "bf16"])
def test_what_is_fastest_is_installed_and_loads_under_its_kind(
    models: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    make("Bert", folder_of("original"))
    monkeypatch.setattr(preparing, "MAX_FLIPPED", 1.0)
    monkeypatch.setattr(preparing, "MAX_MEAN_DRIFT", 1.0)
    real = preparing._attempt

    def rigged(folder: Path, *others: Any) -> Attempt:
        return replace(real(folder, *others), comments_per_second=9.0 if folder.name == kind else 1.0)

    monkeypatch.setattr(preparing, "_attempt", rigged)
    before = load("detoxify:original")
    record = preparing.prepare("original", TEXTS, silent)
    after = load("detoxify:original")
    assert after.id == record["id"] == f"{before.id}+{kind}"
    for was, now in zip(before.score(TEXTS), after.score(TEXTS), strict=True):
        assert now == pytest.approx(was, abs=0.1)


def test_one_that_needs_an_engine_that_is_not_installed_says_so(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("Bert", folder_of("original"))
    monkeypatch.setattr(preparing, "_fastest", lambda attempts: attempts[-1])
    assert preparing.prepare("original", TEXTS, silent)["chosen"] == "bf16"
    monkeypatch.setitem(sys.modules, "openvino", None)
    monkeypatch.delitem(sys.modules, "moderation.openvino_engine")
    with pytest.raises(ClassifierUnavailable, match=r"needs openvino: pip install 'parley\[openvino\]'"):
        load("detoxify:original")


def test_without_openvino_the_others_are_tried(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make("Bert", folder_of("original"))
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    record = preparing.prepare("original", TEXTS, silent)
    assert {one["kind"] for one in record["attempts"]} == {"exact", "int8"}


def test_a_checkpoint_that_is_named_comes_before_what_was_prepared_from_another(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("Bert", folder_of("original"))
    prepared = preparing.prepare("original", TEXTS, silent)["id"]
    other = make("Bert", models / "other", seed=9)
    monkeypatch.setenv("PARLEY_DETOXIFY_CHECKPOINT", str(folder_of("original") / "checkpoint.ckpt"))
    assert load("detoxify:original").id == prepared
    monkeypatch.setenv("PARLEY_DETOXIFY_CHECKPOINT", str(other.checkpoint))
    monkeypatch.setenv("PARLEY_DETOXIFY_CONFIG", str(other.config))
    assert load("detoxify:original").id == f"detoxify:original@{digest_of(other.checkpoint)[:8]}"
    monkeypatch.setenv("PARLEY_DETOXIFY_CHECKPOINT", str(models / "nowhere.ckpt"))
    with pytest.raises(ClassifierUnavailable, match=r"nowhere\.ckpt is missing"):
        load("detoxify:original")


def test_what_drifts_too_far_is_refused_and_what_was_there_stays(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("Bert", folder_of("original"))
    first = preparing.prepare("original", TEXTS, silent)
    monkeypatch.setattr(preparing, "MAX_FLIPPED", -1.0)
    with pytest.raises(DriftError, match="nothing was installed"):
        preparing.prepare("original", TEXTS, silent)
    assert load("detoxify:original").id == first["id"]
    assert [path.name for path in sorted(folder_of("original").iterdir())] == [
        "checkpoint.ckpt",
        "config",
        "prepared",
    ]


def test_a_rounding_that_drifts_gives_way_to_the_exact_conversion(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The int8 file replaced by another model's: the gate must see it, whatever its speed."""
    make("Bert", folder_of("original"))
    other = make("Bert", models / "other", seed=9)
    strange = preparing.read_checkpoint("original", other.checkpoint, other.config)

    def wrong(_exact: Path, rounded: Path, **_: object) -> None:
        conversion.to_onnx(preparing._Logits(strange.model), rounded, strange.limits.tokens)

    monkeypatch.setattr(conversion, "quantize_dynamic", wrong)
    record = preparing.prepare("original", TEXTS, silent)
    assert record["chosen"] in {"exact", "bf16"}
    assert next(one for one in record["attempts"] if one["kind"] == "int8")["drift"]["flipped"] > 0.005


def test_an_export_that_computes_something_else_is_broken(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("Bert", folder_of("original"))
    real = conversion.to_onnx

    def wrong(module: preparing._Logits, path: Path, longest: int) -> None:
        before = module.model.classifier.bias.data.clone()
        module.model.classifier.bias.data += 0.5
        real(module, path, longest)
        module.model.classifier.bias.data = before

    monkeypatch.setattr(conversion, "to_onnx", wrong)
    with pytest.raises(preparing.ExportError, match=r"log-odds differ by 0\.5"):
        preparing.prepare("original", TEXTS, silent)
    assert not (folder_of("original") / "prepared").exists()


def test_drift_is_that_of_the_label_that_drifts_most() -> None:
    wanted = np.array([[0.4, 0.9], [0.6, 0.9], [0.1, 0.9], [0.2, 0.9]])
    found = np.array([[0.5, 0.8], [0.6, 0.8], [0.1, 0.8], [0.2, 0.8]])
    seen = drift(np.log(wanted / (1 - wanted)), np.log(found / (1 - found)))
    assert (seen.mean, seen.largest, seen.flipped) == pytest.approx((0.1, 0.1, 0.25))
    assert not Attempt("int8", seen, 1.0, 1.0).allowed
    assert Attempt("int8", Drift(mean=0.009, largest=0.4, flipped=0.005), 1.0, 1.0).allowed
    assert not Attempt("int8", Drift(mean=0.009, largest=0.4, flipped=0.0051), 1.0, 1.0).allowed


def test_a_damaged_prepared_model_is_an_error_that_names_the_fix(models: Path) -> None:
    make("Bert", folder_of("original"))
    preparing.prepare("original", TEXTS, silent)
    (folder_of("original") / "prepared" / "encoder.onnx").write_bytes(b"broken")
    with pytest.raises(ClassifierUnavailable, match="remove it and prepare it again"):
        load("detoxify:original")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["model", "prepare", *map(str, arguments)])


def comments(folder: Path) -> Path:
    path = folder / "comments.csv"
    path.write_text("body\n" + "".join(f'"{text}"\n' for text in TEXTS), "utf-8")
    return path


def test_the_command_prepares_and_tells(models: Path) -> None:
    made: Made = make("Albert", folder_of("unbiased-small"))
    assert made.checkpoint.exists()
    done = run("detoxify:unbiased-small", "--comments", comments(models), "--text", "body")
    assert done.exit_code == 0, done.output
    assert "0.00% judged otherwise" in done.stdout
    assert "+exact is installed" in done.stdout or "+bf16 is installed" in done.stdout
    assert f"scoring with the original: {len(TEXTS)} of {len(TEXTS)}" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("bundled",), 2, "only detoxify:<variant> is prepared, not bundled"),
        (("detoxify:nosuch",), 1, "it has original, unbiased"),
        (
            ("detoxify:original", "--comments", "FILE", "--text", "nosuch"),
            1,
            "no comments in a column 'nosuch'",
        ),
    ],
)
def test_what_cannot_be_prepared_is_one_line_and_an_exit_code(
    models: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    make("Bert", folder_of("original"))
    file = comments(models)
    done = run(*(file if argument == "FILE" else argument for argument in arguments))
    assert done.exit_code == code
    assert told in done.stderr


def test_the_comments_that_ship_are_real_and_many() -> None:
    assert len(preparing.read_comments(None)) == 600
