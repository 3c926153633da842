"""The rules that need no model: word lists and links, found in a text with their places in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import re2
import structlog

from moderation.normalize import Folded, fold
from moderation.patterns import compile_pattern, compile_words
from moderation.policy_parts import LinkRules, Severity, WordList

# Places noted per word list and text: enough to show, and a bound on the work that one text can ask for.
MAX_HITS = 50
_log = structlog.get_logger()

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class WordHit:
    """A word of a list, at `start` to `end` of the original text."""

    word_list: str
    severity: Severity
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class LinkHit:
    """A link that the site does not allow freely, at `start` to `end` of the original text."""

    domain: str
    blocked: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What the rules found in one text."""

    words: tuple[WordHit, ...] = ()
    links: tuple[LinkHit, ...] = ()


class Rules:
    """Compiled word lists and link rules; safe to share between threads."""

    def __init__(self, word_lists: tuple[WordList, ...], links: LinkRules) -> None:
        self._lists = [_CompiledList(word_list) for word_list in word_lists]
        self._links = links

    def find(self, text: str) -> Findings | None:
        """All hits in `text`, or None when it could not be checked, which a policy takes for a reason to hold."""
        try:
            folded = fold(text)
            words = tuple(hit for compiled in self._lists for hit in compiled.find(text, folded))
            return Findings(words, _find_links(text, folded, self._links))
        except Exception:  # noqa: BLE001 -- whatever fails here, the comment is held and the worker goes on
            _log.exception("rules failed", length=len(text))
            return None


@lru_cache(maxsize=256)
def compile_rules(word_lists: tuple[WordList, ...], links: LinkRules) -> Rules:
    """The rules of a policy, compiled once for all texts."""
    return Rules(word_lists, links)


class _CompiledList:
    def __init__(self, word_list: WordList) -> None:
        self._list = word_list
        self._words = compile_words(word_list.words)
        self._patterns = [compile_pattern(pattern) for pattern in word_list.patterns]

    def find(self, text: str, folded: Folded) -> Iterator[WordHit]:
        """Words are looked for in the folded text; patterns in both, as folding rewrites some of what they may name."""
        spans: set[Span] = set()
        if self._words is not None:
            spans.update(folded.original_span(*span) for span in _spans(self._words, folded.text, group=1))
        for pattern in self._patterns:
            spans.update(folded.original_span(*span) for span in _spans(pattern, folded.text))
            spans.update(_spans(pattern, text))
        for start, end in _merged(spans)[:MAX_HITS]:
            yield WordHit(self._list.name, self._list.severity, start, end)


def _spans(pattern: "re2._Regexp[str]", text: str, group: int = 0) -> Iterator[Span]:
    """Up to MAX_HITS non-empty matches. The search goes on where the group ended, so that one gap may part two words."""
    at = 0
    for _ in range(MAX_HITS):
        match = pattern.search(text, at)
        if match is None:
            return
        start, end = match.span(group)
        if end > start:
            yield start, end
        at = max(end, at + 1)
        if at >= len(text):
            return


def _merged(spans: set[Span]) -> list[Span]:
    """The spans in order, those that overlap made one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


# Endings of domains that are linked without a scheme: few, as "end.So" is a missing space more often than a link.
_ENDINGS = (
    "com|net|org|info|biz|io|app|dev|xyz|top|site|online|shop|store|club|live|click|link|win|bid|loan|icu|vip|pro"
    "|ru|cn|tk|ml|ga|cf|gq|cc|ws|su|pw|co\\.uk|ly|gl"
)
_LINK = re2.compile(
    r"(?i)(?:h(?:tt|xx)ps?[:;]?//|www\.)([^\s<>\"'\\/?#()\[\]]+)[^\s<>\"]*"
    rf"|(?:^|[^\pL\pN_.@\-])((?:[\pL\pN\-]+\.)+(?:{_ENDINGS}))(?:$|[^\pL\pN_.@\-]|\.(?:$|\s))"
)


def _find_links(text: str, folded: Folded, rules: LinkRules) -> tuple[LinkHit, ...]:
    """Links in the text as written, and those that only folding brings out (full-width letters, spaced ones)."""
    found = dict(_links_in(text))
    for place, domain in _links_in(folded.text):
        span = folded.original_span(*place)
        same = [other for other in found if span[0] < other[1] and other[0] < span[1]]
        if not any(span[1] - span[0] <= other[1] - other[0] for other in same):
            for other in same:
                del found[other]
            found[span] = domain
    return tuple(
        LinkHit(domain, _listed(domain, rules.blocked), start, end)
        for (start, end), domain in sorted(found.items())
        if not _listed(domain, rules.allowed)
    )[:MAX_HITS]


def _links_in(text: str) -> Iterator[tuple[Span, str]]:
    at = 0
    for _ in range(MAX_HITS):
        match = _LINK.search(text, at)
        if match is None:
            return
        span = match.span() if match.group(1) is not None else match.span(2)
        yield span, _domain(match.group(1) or match.group(2))
        at = max(span[1], at + 1)
        if at >= len(text):
            return


def _domain(authority: str) -> str:
    """The host of an authority: what stands behind a user name and before a port, as a browser reads it."""
    host = authority.rsplit("@", 1)[-1].split(":", 1)[0]
    return host.lower().removeprefix("www.").strip(".,;:!?…")


def _listed(domain: str, domains: tuple[str, ...]) -> bool:
    return any(domain == listed or domain.endswith(f".{listed}") for listed in domains)
