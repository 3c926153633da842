"""Detoxify's models from small checkpoints in its own format, held against Detoxify itself; nothing here has a network."""

import pickle
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from detoxify.detoxify import MODEL_URLS, Detoxify

from moderation.checkpoint import read_checkpoint
from moderation.classifier import Classifier, ClassifierUnavailable, load
from moderation.detoxify import VARIANTS, folder_of
from tests.models.checkpoints import ORIGINAL, SENTENCES, UNBIASED, Made, make

FAMILIES = {"Bert": "original", "Roberta": "unbiased", "Albert": "unbiased-small"}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("loading a model reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PARLEY_MODELS_DIR", str(tmp_path))
    return tmp_path


def small(family: str, **options: Any) -> Made:
    return make(family, folder_of(FAMILIES[family]), **options)


def load_family(family: str) -> Classifier:
    return load(f"detoxify:{FAMILIES[family]}")


def test_the_variants_are_detoxifys() -> None:
    assert set(VARIANTS) == set(MODEL_URLS)


@pytest.mark.parametrize("family", FAMILIES)
def test_scores_are_those_of_detoxify_itself(models: Path, family: str) -> None:
    made = small(family)
    scores = load_family(family).score(SENTENCES)

    stock = stock_detoxify(made).predict(list(SENTENCES))

    assert list(scores[0]) == list(stock)
    for at, found in enumerate(scores):
        assert found == pytest.approx({label: values[at] for label, values in stock.items()}, abs=1e-5)
    assert len({round(found["toxicity"], 4) for found in scores}) > 3


def stock_detoxify(made: Made) -> Detoxify:
    """Through Detoxify's own loader, helped over its two gaps: it takes the hub's name for the config, and two outputs."""
    content = made.content()
    arch = content["config"]["arch"]["args"]
    arch["model_type"] = str(made.config)
    made.rewrite(content)
    settings = transformers.AutoConfig.from_pretrained(made.config, num_labels=arch["num_classes"])
    settings.save_pretrained(made.config)
    return Detoxify(checkpoint=str(made.checkpoint), huggingface_config_path=str(made.config))


@pytest.mark.parametrize(
    ("family", "labels"), [("Bert", ORIGINAL), ("Roberta", UNBIASED), ("Albert", UNBIASED)]
)
def test_labels_are_detoxifys_and_more_outputs_than_names_are_cut(
    models: Path, family: str, labels: list[str]
) -> None:
    small(family)
    names = {"toxic": "toxicity", "severe_toxic": "severe_toxicity", "identity_hate": "identity_attack"}
    classifier = load_family(family)
    assert classifier.labels == tuple(names.get(label, label) for label in labels)
    assert set(classifier.score(["one text"])[0]) == set(classifier.labels) >= {"toxicity"}


def test_one_text_is_scored_as_among_others_and_none_gives_none(models: Path) -> None:
    small("Roberta")
    classifier = load_family("Roberta")
    together = classifier.score([*SENTENCES, ""])
    assert classifier.score([]) == []
    for text, found in zip([*SENTENCES, ""], together, strict=True):
        assert classifier.score([text])[0] == pytest.approx(found, abs=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_long_comment_is_read_to_its_end(models: Path, family: str) -> None:
    """What only a later window holds counts: stock Detoxify never sees it."""
    made = small(family)
    loaded = read_checkpoint(FAMILIES[family], made.checkpoint, made.config)
    classifier = load_family(family)
    friendly, other = sorted(SENTENCES, key=lambda text: classifier.score([text])[0]["toxicity"])[
        :: len(SENTENCES) - 1
    ]
    long = f"{friendly} " * (2 * loaded.limits.tokens // len(loaded.tokenizer(friendly)["input_ids"]))
    inside, at_end = classifier.score([long, f"{long} {f'{other} ' * 40}"])
    assert at_end["toxicity"] > inside["toxicity"] + 0.01


def test_the_id_names_the_variant_and_the_checkpoint(models: Path) -> None:
    made = small("Bert")
    first = load_family("Bert").id
    assert load_family("Bert").id == first
    content = made.content()
    content["state_dict"]["classifier.bias"] += 1
    made.rewrite(content)
    second = load_family("Bert").id
    assert first != second
    assert first.startswith("detoxify:original@")
    assert len(first) == len(second) == len("detoxify:original@") + 8


def test_files_may_be_named_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make("Albert", tmp_path / "elsewhere")
    monkeypatch.setenv("PARLEY_MODELS_DIR", str(tmp_path / "empty"))
    monkeypatch.setenv("PARLEY_DETOXIFY_CHECKPOINT", str(made.checkpoint))
    monkeypatch.setenv("PARLEY_DETOXIFY_CONFIG", str(made.config))
    assert load("detoxify:unbiased-small").id.startswith("detoxify:unbiased-small@")


def test_a_checkpoint_of_another_variant_does_not_judge_under_this_ones_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make("Roberta", tmp_path / "elsewhere")
    monkeypatch.setenv("PARLEY_DETOXIFY_CHECKPOINT", str(made.checkpoint))
    monkeypatch.setenv("PARLEY_DETOXIFY_CONFIG", str(made.config))
    assert load("detoxify:unbiased").id.startswith("detoxify:unbiased@")
    with pytest.raises(ClassifierUnavailable, match="is a checkpoint of unbiased, not of original"):
        load("detoxify:original")


def test_what_is_not_downloaded_is_an_error_that_names_the_fix(models: Path) -> None:
    with pytest.raises(
        ClassifierUnavailable, match=r"parley model prepare detoxify:unbiased.*PARLEY_DETOXIFY_CHECKPOINT"
    ):
        load("detoxify:unbiased")


def test_an_unknown_variant_is_an_error_that_names_the_known_ones(models: Path) -> None:
    with pytest.raises(
        ClassifierUnavailable, match="original, unbiased, multilingual, original-small, unbiased-small"
    ):
        load("detoxify:unbaised")


def test_the_next_in_the_order_judges_under_its_own_name(models: Path) -> None:
    assert load("detoxify:unbiased,python:tests.classifiers:Cued").id == "cued@1"


def damaged(content: dict[str, Any], how: str) -> dict[str, Any]:
    weights, arch = content["state_dict"], content["config"]["arch"]["args"]
    if how == "no head":
        del weights["classifier.weight"]
    if how == "a prefix":
        content["state_dict"] = {f"model.{name}": weight for name, weight in weights.items()}
    if how == "another size":
        weights["classifier.bias"] = torch.zeros(3)
    if how == "a class that is not allowed":
        arch["model_name"] = "AutoModel"
    if how == "no classes":
        del content["config"]["dataset"]
    if how == "no toxicity":
        content["config"]["dataset"]["args"]["classes"] = ["a", "b"]
    if how == "more names than outputs":
        content["config"]["dataset"]["args"]["classes"] = [*ORIGINAL, "seventh"]
    if how == "no config":
        del content["config"]
    return content


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("no head", "lacks classifier.weight"),
        ("a prefix", "lacks .*41 in all"),
        ("another size", "misshapen classifier.bias"),
        ("a class that is not allowed", "'AutoModel'; allowed are BertForSequenceClassification"),
        ("no classes", "'dataset'"),
        ("no toxicity", "labels a, b"),
        ("more names than outputs", "6 outputs for the labels .*seventh"),
        ("no config", "no config or no state_dict"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused(models: Path, how: str, told: str) -> None:
    made = small("Bert")
    made.rewrite(damaged(made.content(), how))
    with pytest.raises(ClassifierUnavailable, match=told):
        load_family("Bert")


def test_what_older_checkpoints_carry_beyond_the_weights_is_no_harm(models: Path) -> None:
    made = small("Roberta")
    before = load_family("Roberta").score(SENTENCES)
    content = made.content()
    content["state_dict"]["roberta.embeddings.position_ids"] = torch.arange(130).unsqueeze(0)
    content["state_dict"]["roberta.pooler.dense.weight"] = torch.zeros(32, 32)
    content["state_dict"]["roberta.pooler.dense.bias"] = torch.zeros(32)
    made.rewrite(content)
    assert load_family("Roberta").score(SENTENCES) == before


class Bomb:
    """Leaves a file where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_nothing_in_a_checkpoint_is_run(models: Path, tmp_path: Path) -> None:
    made, trace = small("Bert"), tmp_path / "it-ran"
    made.rewrite(made.content() | {"more": Bomb(trace)})
    with pytest.raises(ClassifierUnavailable, match="no checkpoint of weights alone"):
        load_family("Bert")
    assert not trace.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"not a checkpoint", pickle.dumps({"config": 1}, protocol=2)],
    ids=["empty", "text", "pickle"],
)
def test_a_file_that_is_no_checkpoint_is_refused(models: Path, content: bytes) -> None:
    small("Bert").checkpoint.write_bytes(content)
    with pytest.raises(ClassifierUnavailable, match="checkpoint"):
        load_family("Bert")


def test_a_checkpoint_cut_short_is_refused(models: Path) -> None:
    path = small("Bert").checkpoint
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(ClassifierUnavailable, match="no checkpoint of weights alone"):
        load_family("Bert")


def test_a_folder_without_the_config_is_refused_without_asking_anybody(models: Path) -> None:
    made = small("Roberta")
    (made.config / "vocab.json").unlink()
    (made.config / "config.json").unlink()
    with pytest.raises(ClassifierUnavailable, match="does not hold the config and tokenizer of Roberta"):
        load_family("Roberta")


def test_the_tokenizer_of_another_model_is_refused(models: Path) -> None:
    made = small("Bert")
    vocabulary = made.config / "vocab.txt"
    vocabulary.write_text(vocabulary.read_text() + "".join(f"more{n}\n" for n in range(100)))
    with pytest.raises(ClassifierUnavailable, match="vocabularies differ"):
        load_family("Bert")


def test_torch_is_only_loaded_where_it_is_used() -> None:
    """In a fresh process: the bundled classifier and the seam itself do without."""
    code = (
        "import sys; from moderation.classifier import load; load('bundled').score(['a text']); "
        "import moderation.detoxify, moderation.worker; "
        "print(sorted({'torch', 'transformers', 'detoxify'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
