"""What a classifier is, and how one is loaded by its name. Importing this imports no model library."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol


class ClassifierUnavailable(Exception):
    """A classifier cannot be loaded or does not answer; the message names the fix."""


class Classifier(Protocol):
    """Scores texts. Not safe for use by several threads at once."""

    # The model's name and version, such as "bundled@1"; thresholds belong to it.
    id: str
    labels: tuple[str, ...]

    def score(self, texts: Sequence[str]) -> list[Mapping[str, float]]:
        """One mapping per text, in order: each label's probability, 0 to 1; always with the key `toxicity`."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


def load(spec: str) -> Classifier:
    """Load the classifier that `spec` names; a comma list is an order, of which the first that loads is taken.

    `bundled`; `detoxify:<variant>`; `http(s)://…/v2/models/{name}` on an inference server; `python:package.module:factory`
    for one of your own. Raises ClassifierUnavailable.
    """
    return load_first(spec)[0]


def load_first(spec: str) -> tuple[Classifier, list[str]]:
    """As `load`, with what stood before the classifier in the order and could not be loaded, and why."""
    failures: list[str] = []
    for name in (part.strip() for part in spec.split(",")):
        try:
            return _load_one(name), failures
        except ClassifierUnavailable as error:
            failures.append(f"{_without_password(name)}: {error}")
    raise ClassifierUnavailable("; ".join(failures))


def _without_password(name: str) -> str:
    scheme, found, rest = name.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if found else name


def _load_one(name: str) -> Classifier:
    kind, _, rest = name.partition(":")
    if name == "bundled":
        from moderation.bundled import load_bundled  # noqa: PLC0415 -- numpy and weights load only where they are used

        return load_bundled()
    if kind == "detoxify":
        from moderation.detoxify import load_detoxify  # noqa: PLC0415 -- likewise

        return load_detoxify(rest)
    if kind in ("http", "https"):
        from moderation.remote import load_remote  # noqa: PLC0415 -- likewise

        return load_remote(name)
    if kind == "python":
        return _load_factory(rest)
    raise ClassifierUnavailable(
        f"There is no classifier {name!r}: name bundled, detoxify:<variant>, an http(s) address or python:module:factory."
    )


def _load_factory(path: str) -> Classifier:
    module, _, attribute = path.partition(":")
    try:
        factory: Callable[[], Classifier] = getattr(importlib.import_module(module), attribute)
        return factory()
    except (ImportError, AttributeError, ValueError) as error:
        raise ClassifierUnavailable(
            f"python:{path} cannot be loaded ({error}). Name it python:module:factory."
        ) from error
