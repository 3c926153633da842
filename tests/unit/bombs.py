"""Texts of 10,000 characters that are made to be slow for parsers, folders and patterns."""

import random

LENGTH = 10_000

_UNITS = {
    "nested emphasis": "*a _b ",
    "stars": "*",
    "bold": "**a ",
    "underscores": "_a*",
    "brackets": "[",
    "bracketed letters": "[a",
    "open links": "[a](",
    "empty links": "[](a ",
    "closing brackets": "]",
    "images": "![[",
    "links": "[a](http://b.c)",
    "emphasis around links": "*a [b ",
    "crossed emphasis": "**[a*",
    "angles": "[a](<",
    "quotes": ">",
    "spaced quotes": "> ",
    "lists": "- ",
    "list lines": "-\n",
    "ordered lists": "1. a\n",
    "quotes and lists": "> " * 20 + "- " * 5 + "a\n",
    "ticks": "`a",
    "less than": "<",
    "open autolinks": "<http://",
    "schemes": "http://",
    "bare links": "http://a.b ",
    "glued links": "http://a.b",
    "bars": "|",
    "open spoilers": "||a",
    "spoilers": "||a||",
    "spoilers and links": "||a [b ",
    "fences": "```\n",
    "strikes": "~~a ",
    "everything": "*_~`[]()|><!-\n",
    "backslashes": "\\",
    "entities": "&amp;",
    "newlines": "\n",
    "paragraphs": "a\n\n",
    "tabs": "\t",
    "emoji": "😀",
    "zero width": "\u200b",
    "overrides": "\u202e",
    "joiners": "\u200d",
    "tags": "\U000e0041",
    "marks": "\u0301",
    "stacks": "a" + "\u0301" * 30,
    "dots": "a.",
    "www": "www.",
    "spaced letters": "a ",
    "leetspeak": "4@$",
    "domains": "a.com ",
}


def _cut(text: str) -> str:
    return text[:LENGTH]


def bombs() -> dict[str, str]:
    """The texts by name: fixed ones, and thirty of random mark-up from a fixed seed."""
    found = {name: _cut(unit * LENGTH) for name, unit in _UNITS.items()}
    found["growing quotes"] = _cut("\n".join(">" * n for n in range(1, 200)))
    found["growing ticks"] = _cut("".join("`" * n + " " for n in range(1, 200)))
    found["deep lists"] = _cut("\n".join("  " * n + "- a" for n in range(200)))
    found["balanced brackets"] = "[" * 5000 + "]" * 5000
    found["balanced stars"] = "*" * 4999 + "a" + "*" * 4999
    found["link with brackets"] = _cut("http://a.b/" + "(" * LENGTH)
    found["link with dots"] = _cut("http://" + "a." * LENGTH)
    found["closing emphasis"] = _cut("*a " * 1600 + " b*" * 1800)
    rng = random.Random(20261123)
    for n in range(30):
        found[f"random {n}"] = "".join(rng.choices("*_~`[]()|><!-\n ahttp://.#\\", k=LENGTH))
    return found
