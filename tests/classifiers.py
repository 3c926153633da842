"""Classifiers for tests, loaded as `python:tests.classifiers:<factory>`: real code that behaves or misbehaves on cue."""

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from moderation.classifier import ClassifierUnavailable


class Cued:
    """Toxic is what says so; some words make it fail in the ways that models fail."""

    id = "cued@1"
    labels = ("toxicity", "insult")

    def score(self, texts: Sequence[str]) -> list[Mapping[str, float]]:
        for text in texts:
            if "hang-the-classifier" in text:
                time.sleep(3600)
            if "kill-the-classifier" in text:
                os._exit(9)
            if "raise-in-the-classifier" in text:
                raise ValueError(text)
        return [
            {"toxicity": 0.95, "insult": 0.9} if "idiot" in text else {"toxicity": 0.02, "insult": 0.01}
            for text in texts
        ]

    def close(self) -> None:
        pass


class Wrong(Cued):
    """Its numbers are no probabilities."""

    def score(self, texts: Sequence[str]) -> list[Mapping[str, float]]:
        return [{"toxicity": float("nan")} for _ in texts]


class Better(Cued):
    """Another version of it."""

    id = "cued@2"


def better() -> Cued:
    """As `absent`, but a newer version."""
    absent()
    return Better()


def absent() -> Cued:
    """Cannot be loaded until the file that PARLEY_TEST_MODEL names is there."""
    if not Path(os.environ["PARLEY_TEST_MODEL"]).exists():
        raise ClassifierUnavailable("the weights are not there; run the download")
    return Cued()


class Inexplicable(Cued):
    """Scores one text at a time, and fails with more: so also when it is asked for words."""

    def score(self, texts: Sequence[str]) -> list[Mapping[str, float]]:
        if len(texts) > 1:
            raise ValueError("too many")
        return super().score(texts)
