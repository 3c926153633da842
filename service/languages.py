"""In which language a text is written, as far as a few words can tell."""

from functools import cache
from typing import Any

# Below this, of 1, a guess is worth less than saying that it is not known.
_SURE = 0.9


@cache
def _identifier() -> Any:
    # Read when it is first asked for: half a second that the start of the service does not need.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def language_of(text: str) -> str | None:
    """The language as a code of two letters (ISO 639-1); None if the text is too short to say."""
    code, confidence = _identifier().classify(text[:2000])
    return str(code) if confidence >= _SURE else None
