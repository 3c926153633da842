"""Measuring a classifier: files, figures, the command line."""

import gzip
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from click.testing import CliRunner, Result

from moderation.evaluate import DataError, Labelled, evaluate, read_labelled
from moderation.report import as_json, render_svg, table
from service.cli import main

ROWS = [
    ("You idiot.", 1),
    ("idiot again, says a woman", "yes"),
    ("A friendly word about muslims", 0),
    ("an idiot word about muslims", "0.2"),
    ("Nothing to say", "no"),
    ("also toxic, says nobody", "0.9"),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "comments.csv"
    path.write_text("text,toxic\n" + "".join(f'"{text}",{label}\n' for text, label in ROWS), "utf-8")
    return path


class Known:
    """Says what the test tells it to say."""

    id = "known@1"
    labels = ("toxicity", "insult")

    def __init__(self, scores: Mapping[str, float]) -> None:
        self._scores = scores
        self.batches: list[int] = []

    def score(self, texts: Sequence[str]) -> list[Mapping[str, float]]:
        self.batches.append(len(texts))
        return [{"toxicity": self._scores[text], "insult": 0.5} for text in texts]

    def close(self) -> None:
        pass


def test_a_file_is_read_with_its_truth(file: Path) -> None:
    found = read_labelled(file, "text", "toxic")
    assert found.texts == tuple(text for text, _ in ROWS)
    assert found.truth.tolist() == [True, True, False, False, False, True]
    assert read_labelled(file, "text", "toxic", positive_from=0.2).truth.tolist() == [
        True,
        True,
        False,
        True,
        False,
        True,
    ]


def test_a_gzipped_file_with_a_byte_order_mark_is_read_the_same(file: Path, tmp_path: Path) -> None:
    packed = tmp_path / "comments.csv.gz"
    packed.write_bytes(gzip.compress(b"\xef\xbb\xbf" + file.read_bytes()))
    assert read_labelled(packed, "text", "toxic").texts == read_labelled(file, "text", "toxic").texts


def test_rows_without_text_or_label_are_left_out_and_a_limit_spreads(tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text("text,toxic\n,1\nno label,\n" + "".join(f"text {n},{n % 2}\n" for n in range(100)))
    assert len(read_labelled(path, "text", "toxic").texts) == 100
    some = read_labelled(path, "text", "toxic", limit=5).texts
    assert (len(some), some[0], some[-1]) == (5, "text 0", "text 99")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"other,toxic\na,1\n", "no column text; it has: other, toxic"),
        (b"", "no column text, toxic; it has: none"),
        (b"text,toxic\n", "no row has both"),
        (b"text,toxic\nhello,perhaps\n", "perhaps"),
        (b"text,toxic\n\xff\xfe,1\n", "decode"),
    ],
)
def test_an_unusable_file_is_an_error_that_names_it(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=rf"bad\.csv.*{told}"):
        read_labelled(path, "text", "toxic")


def test_figures_of_a_classifier_whose_scores_are_known(file: Path) -> None:
    scores = dict(zip((text for text, _ in ROWS), (0.9, 0.6, 0.7, 0.2, 0.1, 0.8), strict=True))
    told: list[tuple[str, int, int]] = []
    found = evaluate(
        Known(scores), read_labelled(file, "text", "toxic"), (0.65, 0.5), lambda *news: told.append(news)
    )
    assert (found.model, found.comments, found.positives) == ("known@1", 6, 3)
    assert found.roc_auc == pytest.approx(8 / 9)
    at = found.at[0]
    assert (at.flagged, at.precision, at.recall, at.false_positive_rate) == pytest.approx(
        (0.5, 2 / 3, 2 / 3, 1 / 3)
    )
    muslim = next(group for group in found.groups if group.group == "Muslim")
    assert (muslim.harmless, muslim.false_positive_rate) == (2, 0.5)
    assert "women" not in {group.group for group in found.groups}, "only harmless comments are counted"
    assert told == [("comments.csv", 6, 6)]
    assert found.comments_per_second > 0


def test_a_label_that_the_classifier_does_not_have_is_an_error(file: Path) -> None:
    with pytest.raises(DataError, match="known@1 has no label 'threat'; it has: toxicity, insult"):
        evaluate(Known({}), read_labelled(file, "text", "toxic"), (0.5,), score="threat")


def test_comments_of_one_kind_give_no_number_and_still_a_report() -> None:
    data = Labelled("calm.csv", ("a", "b"), np.array([False, False]))
    found = evaluate(Known({"a": 0.1, "b": 0.2}), data, (0.5,))
    assert math.isnan(found.roc_auc)
    assert json.loads(as_json([found]))[0]["roc_auc"] is None
    assert "ROC-AUC            -" in table([found])
    ET.fromstring(render_svg([found]))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["model", "evaluate", *map(str, arguments)])


def test_the_command_writes_table_json_and_page(file: Path, tmp_path: Path) -> None:
    out, page = tmp_path / "figures.json", tmp_path / "page.svg"
    done = run("python:tests.classifiers:Cued", file, file, "--json", out, "--report", page)
    assert done.exit_code == 0, done.output
    assert "cued@1 on comments.csv: toxicity, 6 comments, 3 positive" in done.stdout
    assert "comments.csv: 6 of 6" in done.stderr
    figures = json.loads(out.read_text())
    assert [one["file"] for one in figures] == ["comments.csv", "comments.csv"]
    # Of nine pairs, four are in order and four are ties.
    assert figures[0]["roc_auc"] == pytest.approx((2 * 2 + 2 * 0.5 + 2 * 0.5) / 9)
    assert {at["threshold"] for at in figures[0]["at"]} == {0.5, 0.6}, (
        "the default policy's for an unknown model"
    )
    drawn = ET.fromstring(page.read_text())
    assert len(drawn.findall("{http://www.w3.org/2000/svg}g")) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("nosuch", "FILE"), 1, "There is no classifier 'nosuch'"),
        (("python:tests.classifiers:Cued", "FILE", "--label", "missing"), 1, "no column missing"),
        (("python:tests.classifiers:Cued", "FILE", "--score", "threat"), 1, "no label 'threat'"),
        (("python:tests.classifiers:Cued", "FILE", "--report", "page.pdf"), 2, "name it something.svg"),
        (("python:tests.classifiers:Cued", "FILE", "--threshold", "1.5"), 2, "range"),
        (("python:tests.classifiers:Cued",), 2, "Missing argument"),
        (("python:tests.classifiers:Cued", "/nowhere/at.csv"), 2, "does not exist"),
        (("python:tests.classifiers:Cued", "FILE", "--json", "/nowhere/at.json"), 1, "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_an_exit_code(
    file: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    done = run(*(file if argument == "FILE" else argument for argument in arguments))
    assert done.exit_code == code
    assert told in done.stderr
    assert "Traceback" not in done.output
