"""The bundled classifier as it ships: it loads from its files, is what they say, and judges as its card claims."""

import gzip
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from moderation.bundled import DIRECTORY, Bundled, load_bundled, load_parts
from moderation.classifier import ClassifierUnavailable, load
from moderation.labels import LABELS
from moderation.policy import Policy
from moderation.training.card import render_card

MOST_BYTES = 20_000_000


@pytest.fixture(scope="module")
def bundled() -> Bundled:
    return load_bundled(threads=1)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A model directory to damage."""
    return Path(shutil.copytree(DIRECTORY, tmp_path / "model"))


@pytest.fixture(scope="module")
def about() -> dict[str, object]:
    found: dict[str, object] = json.loads((DIRECTORY / "model.json").read_text("utf-8"))
    return found


def test_it_loads_by_its_name(about: dict[str, object]) -> None:
    classifier = load("bundled")
    assert classifier.id == f"bundled@{about['version']}"
    assert classifier.labels == LABELS
    classifier.close()


def test_its_files_are_those_that_training_recorded(about: dict[str, object]) -> None:
    recorded = about["files"]
    assert isinstance(recorded, dict)
    assert set(recorded) >= {"linear.npz", "words.json.gz"}
    found = {name: hashlib.sha256((DIRECTORY / name).read_bytes()).hexdigest() for name in recorded}
    assert found == recorded


def test_it_is_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in DIRECTORY.iterdir()) <= MOST_BYTES


def test_its_card_says_what_was_measured() -> None:
    assert (DIRECTORY / "README.md").read_text("utf-8") == render_card(DIRECTORY)


def test_the_size_on_its_card_is_its_size() -> None:
    figures = json.loads((DIRECTORY / "figures.json").read_text("utf-8"))
    size = sum(path.stat().st_size for path in DIRECTORY.iterdir()) / 1e6
    assert figures["speed"]["megabytes_on_disk"] == pytest.approx(size, abs=0.05)


def test_its_thresholds_are_the_default_policys(bundled: Bundled) -> None:
    shipped = json.loads((DIRECTORY / "thresholds.json").read_text("utf-8"))
    assert shipped["model"] == bundled.id
    bands = Policy.default().bands_for(bundled.id)
    assert {label: band.hold_at for label, band in bands.items()} == {
        label: band["hold_at"] for label, band in shipped["bands"].items()
    }
    assert all(band.reject_at is None for band in bands.values()), (
        "nothing is rejected without a person by default"
    )


TOXIC = (
    "You are a fucking idiot and everybody knows it.",
    "Shut up, you stupid piece of shit.",
    "go kill yourself you worthless moron",
    "What a pathetic bunch of scumbags you are",
)
FRIENDLY = (
    "Thank you, that was an interesting article.",
    "I disagree with the author's conclusion, but the figures are right.",
    "Does anybody know when the library opens on Sundays?",
    "The council's budget for 2024 was passed on the second reading.",
)


def test_insults_score_high_and_ordinary_comments_low(bundled: Bundled) -> None:
    hold = Policy.default().bands_for(bundled.id)["toxicity"].hold_at
    assert hold is not None
    assert all(found["toxicity"] >= hold for found in bundled.score(TOXIC))
    assert all(found["toxicity"] < hold for found in bundled.score(FRIENDLY))


@pytest.mark.parametrize(
    "disguised",
    ["f.u.c.k.i.n.g idiot", "f u c k i n g idiot", "fuck1ng 1d10t", "ｆｕｃｋｉｎｇ ｉｄｉｏｔ", "f\u200bucking i\u200bdiot", "fuсkіng іdіоt", "fuuuucking idiiiiot"],
)  # fmt: skip
def test_a_disguised_insult_scores_like_the_plain_one(bundled: Bundled, disguised: str) -> None:
    plain, hidden = bundled.score(["you are a fucking idiot", f"you are a {disguised}"])
    assert hidden["toxicity"] > plain["toxicity"] - 0.15


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "\u200b", "!", "💩", "a" * 20_000, "\ud800", "привет", "1 2 3", "x " * 10_000]
)
def test_any_text_gets_probabilities_for_all_labels(bundled: Bundled, text: str) -> None:
    found = bundled.score([text])
    assert [set(one) for one in found] == [set(LABELS)]
    assert all(0 <= value <= 1 for value in found[0].values())


def test_texts_come_back_in_order_and_score_as_they_do_alone(bundled: Bundled) -> None:
    texts = [*FRIENDLY, *TOXIC, "", "word " * 600]
    together = bundled.score(texts)
    assert len(together) == len(texts)
    for text, found in zip(texts, together, strict=True):
        # An 8-bit encoder rounds by the largest number in its batch, so that neighbours move a score by a little.
        assert bundled.score([text])[0] == pytest.approx(found, abs=0.05)
    assert bundled.score([]) == []


def test_scores_do_not_change_between_loads(bundled: Bundled) -> None:
    again = load_bundled(threads=1)
    assert again.score(TOXIC) == bundled.score(TOXIC)


def test_the_end_of_a_long_comment_counts(bundled: Bundled) -> None:
    calm = FRIENDLY[1] + " "
    quiet, loud = bundled.score([calm * 30, calm * 30 + TOXIC[0]])
    assert loud["toxicity"] > quiet["toxicity"]


def test_parts_are_weighed_as_recorded(bundled: Bundled) -> None:
    """The whole is the blend of its parts' log-odds, computed here by hand."""
    parts = load_parts(DIRECTORY, 1)
    read = [parts.read(text).text for text in TOXIC]
    opinions = parts.opinions(read)
    for at, label in enumerate(LABELS):
        odds = opinions[:, at] @ np.array(parts.blend[at].weights) + parts.blend[at].bias
        assert [one[label] for one in bundled.score(TOXIC)] == pytest.approx(1 / (1 + np.exp(-odds)))


@pytest.mark.parametrize("name", ["model.json", "linear.npz", "words.json.gz"])
@pytest.mark.parametrize(
    "content", [None, b"", b"{}", b"\x80broken"], ids=["missing", "empty", "another", "broken"]
)
def test_a_damaged_directory_is_an_error_that_names_the_fix(
    copy: Path, name: str, content: bytes | None
) -> None:
    (copy / name).unlink()
    if content is not None:
        (copy / name).write_bytes(content)
    with pytest.raises(
        ClassifierUnavailable, match="reinstall the package, or make it with parley model train"
    ):
        load_bundled(copy)


def test_a_model_without_its_word_list_entries_is_refused(copy: Path) -> None:
    (copy / "words.json.gz").write_bytes(gzip.compress(b'{"known": []}'))
    with pytest.raises(ClassifierUnavailable):
        load_bundled(copy)
