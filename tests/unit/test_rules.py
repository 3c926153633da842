import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.patterns import MAX_PATTERN, BadPatternError, check_pattern, check_word
from moderation.policy import Policy, Signals, judge
from moderation.policy_parts import Action, LinkRules, Severity, WordList
from moderation.rules import MAX_HITS, Findings, Rules, compile_rules
from tests.unit.bombs import bombs


def rules(*words: str, patterns: tuple[str, ...] = (), links: LinkRules | None = None) -> Rules:
    return compile_rules((WordList(name="list", words=words, patterns=patterns),), links or LinkRules())


def found(rules_: Rules, text: str) -> list[str]:
    findings = rules_.find(text)
    assert findings is not None
    return [text[hit.start : hit.end] for hit in findings.words]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("You idiot.", "idiot"),
        ("IDIOT!", "IDIOT"),
        ("idiot", "idiot"),
        ("an 1d10t indeed", "1d10t"),
        ("i.d.i.o.t", "i.d.i.o.t"),
        ("i d i o t says who", "i d i o t"),
        ("idi\u200bot", "idi\u200bot"),
        ("idi\u00adot", "idi\u00adot"),
        ("ｉｄｉｏｔ", "ｉｄｉｏｔ"),
        ("іdіоt", "іdіоt"),
        ("ìdíôt", "ìdíôt"),
        ("i\u0301d\u0302iot", "i\u0301d\u0302iot"),
        ("𝓲𝓭𝓲𝓸𝓽", "𝓲𝓭𝓲𝓸𝓽"),
        ("_idiot", "idiot"),
    ],
)
def test_evasions_are_found_and_marked_in_the_original(text: str, marked: str) -> None:
    hits = found(rules("idiot"), text)
    assert len(hits) == 1
    assert hits[0].strip("_") == marked


@pytest.mark.parametrize("text", ["idiotic", "idioten", "an idi ot", "id", "", "Idiom"])
def test_only_whole_words(text: str) -> None:
    assert found(rules("idiot"), text) == []


def test_asterisks_stand_for_letters_at_the_ends() -> None:
    starred = rules("moron*", "*wit", "*cret*")
    assert found(starred, "Morons! A dimwit. Concrete secrets. Witty more.") == [
        "Morons",
        "dimwit",
        "Concrete",
        "secrets",
    ]


def test_words_next_to_each_other_are_all_found() -> None:
    assert found(rules("ass", "assassin", "foo"), "foo foo assassin ass foo") == [
        "foo",
        "foo",
        "assassin",
        "ass",
        "foo",
    ]


def test_phrases_span_any_gap() -> None:
    assert found(rules("go away"), "Go, away! go   away goaway") == ["Go, away", "go   away"]


def test_words_of_other_scripts_have_edges_too() -> None:
    assert found(rules("дурак"), "Ты дурак, дураки") == ["дурак"]


def test_patterns_are_looked_for_in_the_text_as_written_as_well() -> None:
    numbers = rules(patterns=(r"\b\d{3}-\d{4}\b", r"bit\.ly/\w+"))
    assert found(numbers, "Call 555-0134, see BIT.LY/abc") == ["555-0134", "BIT.LY/abc"]


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(a", "Missing )"),
        ("a{2000}", "Invalid repetition size"),
        ("((a{100}){100}){100}", "Invalid repetition size"),
        ("(?=look)", "Invalid perl operator"),
        (r"(a)\1", "Invalid escape sequence"),
        ("*", "No argument for repetition"),
        ("[z-a]", "Invalid character class range"),
        ("a*", "matches the empty text"),
        ("", "matches the empty text"),
        ("x" * (MAX_PATTERN + 1), "at most 500 characters"),
        ("\ud800", "in the pattern"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused_in_words(pattern: str, says: str) -> None:
    with pytest.raises(BadPatternError, match=says.replace("(", r"\(").replace(")", r"\)")):
        check_pattern(pattern)


@pytest.mark.parametrize("word", ["", "  ", "*", "**", "...", "a*b", "x" * 101, "\u200b"])
def test_a_word_that_cannot_be_used_is_refused(word: str) -> None:
    with pytest.raises(BadPatternError):
        check_word(word)


def domains(text: str, links: LinkRules | None = None) -> list[str]:
    findings = rules(links=links or LinkRules()).find(text)
    assert findings is not None
    return [hit.domain for hit in findings.links]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://example.org/a?b=c.", ["example.org"]),
        ("HTTP://WWW.Example.ORG:8080/x", ["example.org"]),
        ("hxxps://evil.example/x", ["evil.example"]),
        ("www.foo.de and bar.com", ["foo.de", "bar.com"]),
        ("(buy.shop)", ["buy.shop"]),
        # What a browser goes to is behind the at sign.
        ("https://example.org@evil.com/x", ["evil.com"]),
        ("ｅｘａｍｐｌｅ．ｃｏｍ", ["example.com"]),
        ("exa\u200bmple.com", ["example.com"]),
        ("[text](https://a.example/x) [more](//b.example)", ["a.example"]),
        ("I came.So did he. Node.js, e.g. 3.14, U.S.A., etc.", []),
        ("write to me@example.com", []),
    ],
)
def test_links(text: str, expected: list[str]) -> None:
    assert domains(text) == expected


def test_listed_domains_cover_their_subdomains_and_nothing_else() -> None:
    links = LinkRules(allowed=("example.org",), blocked=("bad.com",))
    assert domains("https://news.example.org/ https://example.org https://myexample.org", links) == [
        "myexample.org"
    ]
    findings = rules(links=links).find("http://x.bad.com http://notbad.com")
    assert findings is not None
    assert [hit.blocked for hit in findings.links] == [True, False]


def test_spans_of_links_are_those_of_the_original() -> None:
    text = "😀 see ｗｗｗ.example.com now"
    findings = rules().find(text)
    assert findings is not None
    assert [text[hit.start : hit.end] for hit in findings.links] == ["ｗｗｗ.example.com"]


def test_rules_that_fail_hold_the_comment(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = rules("idiot")

    def fail(text: str) -> None:
        raise MemoryError

    monkeypatch.setattr("moderation.rules.fold", fail)
    findings = broken.find("anything")
    assert findings is None
    verdict = judge(Signals({"toxicity": 0.0}, "m", findings), Policy.default())
    assert verdict.action is Action.HOLD


HOSTILE_PATTERNS = (
    "(a+)+$",
    "(a|a)*b",
    "(.*)*x",
    "(x+x+)+y",
    "([a-z]+)*1",
    r"\b(\w+\s?)*z",
    ".{0,300}q.{0,300}z",
)


@pytest.mark.parametrize("name", bombs())
def test_no_text_and_no_pattern_is_a_bomb(name: str) -> None:
    """Backtracking engines would not come back from these; here every one of them ends, and is bounded in what it finds."""
    hostile = rules("idiot", "a*", patterns=HOSTILE_PATTERNS)
    text = bombs()[name]
    findings = hostile.find(text)
    assert isinstance(findings, Findings)
    assert len(findings.words) <= MAX_HITS
    assert len(findings.links) <= MAX_HITS


def test_long_lists() -> None:
    letters = "bcdfghklmn"
    words = ["".join(part) + "o" for part in itertools.product(letters, repeat=4)]
    assert len(words) == 10_000
    assert found(rules(*words), f"{words[0]}, {words[-1]}; {words[0]}x") == [words[0], words[-1]]


@given(st.text(max_size=300))
@settings(max_examples=200)
def test_any_text_has_spans_inside_it(text: str) -> None:
    findings = rules("a*", "*e*", patterns=("[0-9]+", "é"), links=LinkRules(max_free=0)).find(text)
    assert findings is not None
    for hit in (*findings.words, *findings.links):
        assert 0 <= hit.start < hit.end <= len(text)


@given(st.lists(st.sampled_from(["idiot", "nice", "day", "!", ",", "...", "moron"]), max_size=30))
def test_every_listed_word_is_found(parts: list[str]) -> None:
    text = " and ".join(parts)
    assert found(rules("idiot", "moron"), text) == [part for part in parts if part in {"idiot", "moron"}]


def test_severity_travels_with_the_hit() -> None:
    lists = (
        WordList(name="soft", words=("darn",)),
        WordList(name="hard", severity=Severity.BLOCK, words=("darn",)),
    )
    findings = compile_rules(lists, LinkRules()).find("darn")
    assert findings is not None
    assert [(hit.word_list, hit.severity) for hit in findings.words] == [("soft", "hold"), ("hard", "block")]
