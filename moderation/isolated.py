"""The child process of isolation.py: reads texts from its input, writes scores to its output, a line of JSON each."""

import ctypes
import os
import signal
import sys
from dataclasses import asdict
from typing import Any, BinaryIO

import orjson

from moderation.classifier import Classifier, ClassifierUnavailable, load_first

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Load the classifier that the first argument names, and answer until the input ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # Whatever a library prints must not get among the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        classifier, skipped = load_first(sys.argv[1])
    except ClassifierUnavailable as error:
        _say(answers, {"unavailable": str(error)})
        return
    _say(answers, {"id": classifier.id, "labels": list(classifier.labels), "skipped": skipped})
    for question in sys.stdin.buffer:
        _say(answers, _answer(classifier, orjson.loads(question)))
    classifier.close()


def _answer(classifier: Classifier, question: dict[str, Any]) -> dict[str, object]:
    try:
        if "explain" in question:
            return {"words": _words(classifier, question["explain"], question["label"])}
        return {"scores": [dict(labels) for labels in classifier.score(question["texts"])]}
    except Exception as error:  # noqa: BLE001 -- told to the parent, which finds out which text it was
        # By its kind alone: a message may quote the text.
        return {"error": type(error).__name__}


def _words(classifier: Classifier, text: str, label: str) -> list[dict[str, float]]:
    from moderation.explain import explain  # noqa: PLC0415 -- what is never asked for is never loaded

    return [asdict(word) for word in explain(classifier, text, label)]


def _say(answers: BinaryIO, answer: dict[str, object]) -> None:
    answers.write(orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY) + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()
