"""A classifier in a process of its own, so that one that hangs or crashes takes nothing else with it."""

import asyncio
import contextlib
import math
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from moderation.classifier import ClassifierUnavailable

START_TIMEOUT_S = 60.0
# A line of JSON: 1,024 texts of 20,000 characters, escaped.
_MAX_LINE = 256 * 1024 * 1024


class ClassifierTimeout(Exception):
    """The classifier did not answer in time."""


class ClassifierCrashed(Exception):
    """The classifier's process died, or what it said makes no sense."""


class IsolatedClassifier:
    """Runs `moderation.classifier.load(spec)` in a child process and asks it over pipes, one batch at a time."""

    def __init__(self, spec: str, *, start_timeout_s: float = START_TIMEOUT_S) -> None:
        self._spec = spec
        self._start_timeout_s = start_timeout_s
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        # Known after the first start.
        self.id = ""
        self.labels: tuple[str, ...] = ()
        # What stands before it in the order and could not be loaded, and why.
        self.skipped: tuple[str, ...] = ()

    async def start(self) -> None:
        """Start the child if it is not running; raises ClassifierUnavailable with what the child said."""
        async with self._turn:
            await self._ensure_started()

    async def restart(self) -> None:
        """End the child and start another, which may load a classifier that was not there before; raises as `start`."""
        async with self._turn:
            await self._kill()
            await self._ensure_started()

    async def score(self, texts: Sequence[str], *, timeout: float) -> list[Mapping[str, float]]:  # noqa: ASYNC109
        """The scores of `texts`, in order, within `timeout` seconds.

        Raises ClassifierTimeout or ClassifierCrashed, after which the next call starts a new child, or
        ClassifierUnavailable if that cannot be started.
        """
        answer = await self._answer({"texts": list(texts)}, timeout)
        return _checked(answer.get("scores"), len(texts))

    async def explain(self, text: str, label: str, *, timeout: float) -> list[Mapping[str, float]]:  # noqa: ASYNC109
        """The words of `text` that raised `label`: start, end and weight. Raises as `score` does."""
        answer = await self._answer({"explain": text, "label": label}, timeout)
        return _checked_words(answer.get("words"), len(text))

    async def close(self) -> None:
        """End the child."""
        async with self._turn:
            await self._kill()

    async def _answer(self, question: Mapping[str, object], timeout: float) -> dict[str, Any]:  # noqa: ASYNC109
        async with self._turn:
            process = await self._ensure_started()
            try:
                async with asyncio.timeout(timeout):
                    return await _ask(process, question)
            except TimeoutError:
                await self._kill()
                raise ClassifierTimeout(f"no answer within {timeout} s") from None
            except BaseException:
                # A half-read answer must not be taken for the next one.
                await self._kill()
                raise

    async def _ensure_started(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "moderation.isolated",
            self._spec,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_MAX_LINE,
            # Ctrl-C is for us; the child ends when its input does.
            start_new_session=True,
        )
        self._process = process
        try:
            async with asyncio.timeout(self._start_timeout_s):
                hello = await _read(process)
        except (TimeoutError, ClassifierCrashed) as error:
            await self._kill()
            raise ClassifierUnavailable(
                f"{self._spec} did not start: {error or 'it took too long'}"
            ) from None
        except BaseException:
            await self._kill()
            raise
        if "unavailable" in hello:
            await self._kill()
            raise ClassifierUnavailable(hello["unavailable"])
        self.id, self.labels = hello["id"], tuple(hello["labels"])
        self.skipped = tuple(hello["skipped"])
        return process

    async def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _ask(process: asyncio.subprocess.Process, question: Mapping[str, object]) -> dict[str, Any]:
    assert process.stdin is not None
    try:
        process.stdin.write(orjson.dumps(question) + b"\n")
        await process.stdin.drain()
    except (BrokenPipeError, ConnectionResetError):
        raise ClassifierCrashed("the classifier's process has ended") from None
    return await _read(process)


async def _read(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout is not None
    line = await process.stdout.readline()
    if not line.endswith(b"\n"):
        raise ClassifierCrashed("the classifier's process has ended")
    answer: dict[str, Any] = orjson.loads(line)
    if "error" in answer:
        raise ClassifierCrashed(str(answer["error"]))
    return answer


def _checked(scores: object, count: int) -> list[Mapping[str, float]]:
    """Scores that are what they should be: probabilities, one mapping a text, toxicity in each."""
    if not isinstance(scores, list) or len(scores) != count:
        raise ClassifierCrashed("the classifier did not answer for every text")
    for labels in scores:
        values = labels.values() if isinstance(labels, dict) else ()
        if "toxicity" not in labels or not all(
            isinstance(value, int | float) and math.isfinite(value) and 0 <= value <= 1 for value in values
        ):
            raise ClassifierCrashed("the classifier's scores are not probabilities with a toxicity")
    return scores


def _checked_words(words: object, length: int) -> list[Mapping[str, float]]:
    """Places that lie in the text, each with a weight."""
    if not isinstance(words, list) or not all(
        0 <= word["start"] < word["end"] <= length and math.isfinite(word["weight"]) for word in words
    ):
        raise ClassifierCrashed("the explanation does not fit the text")
    return words
