"""The Markdown of comments: a small part of CommonMark, bare links, and ||spoilers||. No HTML, images or headings."""

import re
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, autolink, emphasis, link, strikethrough

_MAX_NESTING = 20
_MAX_URL = 2000
# Marks of emphasis in one text and in one place; each is weighed against those before it.
_MAX_MARKS = 800
_MAX_RUN = 12
# Tries to read a link or a spoiler in one text. Each may look at the whole rest of its paragraph, so that thousands of brackets
# or of "http://" would take quadratic time; what comes after stays plain text.
_MAX_TRIES = 200

_ABSOLUTE = re.compile(
    r"https?://[^\s/?#\\]+\.[^\s/?#\\.]|https?://localhost\b|mailto:[^\s@<>]+@[^\s@<>]+\.", re.IGNORECASE
)
_SCHEME = re.compile(r"(?<![^\W_])https?\Z", re.IGNORECASE)
_BARE = re.compile(rf"://[^\s<>\"|\\^`]{{1,{_MAX_URL}}}")
_TRAILING = ".,;:!?'*_~…"


_Rule = Callable[[StateInline, bool], bool]


def _bounded(rule: _Rule, markers: str) -> _Rule:
    """`rule`, which pairs `markers`, until a text has had its share; further ones stay plain."""

    def bounded(state: StateInline, silent: bool) -> bool:
        marker = state.src[state.pos]
        if silent or marker not in markers:
            return False
        end = state.pos
        while end < state.posMax and state.src[end] == marker:
            end += 1
        length = end - state.pos
        marks = state.env["marks"] = state.env.get("marks", 0) + length
        if length <= _MAX_RUN and marks <= _MAX_MARKS:
            return rule(state, silent)
        state.append_pending(marker * length)
        state.pos = end
        return True

    return bounded


def _may_try(state: StateInline) -> bool:
    state.env["tries"] = state.env.get("tries", 0) + 1
    return bool(state.env["tries"] <= _MAX_TRIES)


def _written_link(state: StateInline, silent: bool) -> bool:
    return state.src.startswith("[", state.pos) and _may_try(state) and link(state, silent)


def _bracketed_link(state: StateInline, silent: bool) -> bool:
    return state.src.startswith("<", state.pos) and _may_try(state) and autolink(state, silent)


def _bare_link(state: StateInline, silent: bool) -> bool:
    """A URL that stands in the text as it is. It is taken in one piece, so that its `_` and `~` stay its own."""
    if state.linkLevel > 0 or not state.src.startswith("://", state.pos):
        return False
    scheme = _SCHEME.search(state.src[max(state.pos - 8, 0) : state.pos])
    rest = _BARE.match(state.src, state.pos, state.posMax)
    if scheme is None or rest is None or not _may_try(state):
        return False
    tail = _trim(rest.group())
    url = scheme.group() + tail
    if not _valid(url):
        return False
    href = state.md.normalizeLink(url)
    if not state.md.validateLink(href):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme.group())]
        state.push("link_open", "a", 1).attrs = {"href": href}
        state.push("text", "", 0).content = url
        state.push("link_close", "a", -1)
    state.pos += len(tail)
    return True


def _trim(tail: str) -> str:
    """Without the punctuation of the sentence around it, and without brackets that were opened outside of it."""
    end = len(tail)
    while end:
        last = tail[end - 1]
        if last in ")]}":
            opener = {")": "(", "]": "[", "}": "{"}[last]
            if tail.count(opener, 0, end) >= tail.count(last, 0, end):
                break
        elif last not in _TRAILING:
            break
        end -= 1
    return tail[:end]


def _spoiler(state: StateInline, silent: bool) -> bool:
    """`||text||`, without white space on the inside, since `a || b || c` is something that people write."""
    src, start, outer = state.src, state.pos, state.posMax
    if not src.startswith("||", start) or src.startswith("|", start + 2):
        return False
    end = src.find("||", start + 2, outer)
    if end <= start + 2 or src[start + 2].isspace() or src[end - 1].isspace() or not _may_try(state):
        return False
    if not silent:
        state.push("spoiler_open", "span", 1).attrs = {"class": "spoiler", "tabindex": "0"}
        state.pos, state.posMax = start + 2, end
        state.md.inline.tokenize(state)
        state.push("spoiler_close", "span", -1)
    state.pos, state.posMax = end + 2, outer
    return True


def _valid(url: str) -> bool:
    return len(url) <= _MAX_URL and _ABSOLUTE.match(url) is not None


def _as_written(link: str) -> str:
    return link


def _build() -> MarkdownIt:
    parser = MarkdownIt("zero", {"breaks": True, "maxNesting": _MAX_NESTING})
    parser.enable(["blockquote", "fence", "list", "newline", "escape", "backticks"])
    parser.enable(["emphasis", "strikethrough", "link", "autolink"])
    parser.inline.add_terminator_char("|")
    parser.inline.ruler.before("escape", "bare_link", _bare_link)
    parser.inline.ruler.before("link", "spoiler", _spoiler)
    parser.inline.ruler.at("emphasis", _bounded(emphasis.tokenize, "*_"))
    parser.inline.ruler.at("strikethrough", _bounded(strikethrough.tokenize, "~"))
    parser.inline.ruler.at("link", _written_link)
    parser.inline.ruler.at("autolink", _bracketed_link)
    parser.validateLink = _valid  # type: ignore[method-assign]
    parser.normalizeLinkText = _as_written  # type: ignore[method-assign]
    return parser


PARSER = _build()
