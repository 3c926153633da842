import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.rendering import MAX_BODY, BodyRefused, calm, clean_body, render
from tests.unit.bombs import bombs
from tests.unit.corpora import naughty_strings, xss_payloads

REL = 'rel="nofollow ugc noopener"'
ALLOWED = {"p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span"}


class Audit(HTMLParser):
    """Reads HTML the way a browser's tokeniser does, and objects to whatever is not on the list."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.complaints: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            self.complaints.append(f"<{tag}>")
        for name, value in attrs:
            if not _attribute_allowed(tag, name, value or ""):
                self.complaints.append(f"<{tag} {name}={value!r}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.complaints.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.complaints.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.complaints.append(f"<?{data}>")


def _attribute_allowed(tag: str, name: str, value: str) -> bool:
    match tag, name:
        case "a", "href":
            return value.lower().startswith(("http://", "https://", "mailto:")) and not set(value) & set(
                "\t\r\n \x00"
            )
        case "a", "rel":
            return value == "nofollow ugc noopener"
        case "ol", "start":
            return value.isdigit()
        case "span", "class":
            return value == "spoiler"
        case "span", "tabindex":
            return value == "0"
        case _:
            return False


def audit(html: str) -> Audit:
    reader = Audit()
    reader.feed(html)
    reader.close()
    return reader


def test_the_audit_objects_to_what_it_should() -> None:
    for bad in (
        "<script>",
        "<p onclick=x>",
        "<a href='javascript:x'>",
        "<a href='/x'>",
        "<img src=x>",
        "<!--x-->",
    ):
        assert audit(bad).complaints, bad


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("plain", "<p>plain</p>"),
        ("one\ntwo\n\nthree", "<p>one<br>\ntwo</p>\n<p>three</p>"),
        ("**b** *i* _i_ ~~s~~ `c<d>`", "<p><strong>b</strong> <em>i</em> <em>i</em> <s>s</s> <code>c&lt;d&gt;</code></p>"),
        ("> quoted\n\nreply", "<blockquote>\n<p>quoted</p>\n</blockquote>\n<p>reply</p>"),
        ("```js\nlet a;\n```", "<pre><code>let a;\n</code></pre>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("||the *butler*||", '<p><span class="spoiler" tabindex="0">the <em>butler</em></span></p>'),
        ("a || b || c and |||| x", "<p>a || b || c and |||| x</p>"),
        ("[x](https://e.org 'title')", f'<p><a href="https://e.org" {REL}>x</a></p>'),
        ("<https://e.org/a>", f'<p><a href="https://e.org/a" {REL}>https://e.org/a</a></p>'),
        ("[m](mailto:a@e.org)", f'<p><a href="mailto:a@e.org" {REL}>m</a></p>'),
        # A bare link keeps its own marks, and leaves the sentence its punctuation.
        ("see https://e.org/a_b_c.", f'<p>see <a href="https://e.org/a_b_c" {REL}>https://e.org/a_b_c</a>.</p>'),
        ("(https://e.org/x_(y))", f'<p>(<a href="https://e.org/x_(y)" {REL}>https://e.org/x_(y)</a>)</p>'),
        ("**https://e.org/x**", f'<p><strong><a href="https://e.org/x" {REL}>https://e.org/x</a></strong></p>'),
        ("||https://e.org/x||", f'<p><span class="spoiler" tabindex="0"><a href="https://e.org/x" {REL}>https://e.org/x</a></span></p>'),
        ("http://münchen.de/", f'<p><a href="http://xn--mnchen-3ya.de/" {REL}>http://münchen.de/</a></p>'),
        ("xhttps://e.org http://nodots http://", "<p>xhttps://e.org http://nodots http://</p>"),
        # Everything else stays what its author typed.
        ("# no heading", "<p># no heading</p>"),
        ("<b>no html</b> &amp; &lt;", "<p>&lt;b&gt;no html&lt;/b&gt; &amp;amp; &amp;lt;</p>"),
        ("![no image](https://e.org/x.png)", f'<p>!<a href="https://e.org/x.png" {REL}>no image</a></p>'),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>"),
        ("[a](//e.org) [b](/x) [c](x) [d](data:text/html,x)", "<p>[a](//e.org) [b](/x) [c](x) [d](data:text/html,x)</p>"),
        ("[r]\n\n[r]: https://e.org", f'<p>[r]</p>\n<p>[r]: <a href="https://e.org" {REL}>https://e.org</a></p>'),
        ("    no code by indenting", "<p>no code by indenting</p>"),
        ("", ""),
    ],
)  # fmt: skip
def test_markdown(body: str, html: str) -> None:
    assert render(body) == html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a" + "\u0301" * 40 + "b", "a" + "\u0301" * 5 + "b"),
        # Pointed Hebrew, Thai, Devanagari and Vietnamese are left alone.
        ("בְּרֵאשִׁ֖ית ที่ นี้ क्षत्रिय Việt Nam", "בְּרֵאשִׁ֖ית ที่ นี้ क्षत्रिय Việt Nam"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("\u2067abc", "abc"),
        ("a\u200bb\ufeffc\u2060d\u00ade", "abcde"),
        ("👩\u200d👩\u200d👧 می\u200cخواهم ❤\ufe0f", "👩\u200d👩\u200d👧 می\u200cخواهم ❤\ufe0f"),
        ("a" + "\u200d" * 50 + "b", "a\u200db"),
        ("🏴\U000e0067\U000e0062\U000e007f", "🏴\U000e0067\U000e0062\U000e007f"),
        ("a\U000e0041\U000e0042b", "ab"),
        ("a\x00\x07\ud800b\u2028c", "ab\nc"),
    ],
)
def test_what_reaches_beyond_its_place_is_calmed(text: str, shown: str) -> None:
    assert calm(text) == shown


@given(st.text(max_size=500))
@example("<svg/onload=alert(1)>")
@example('[a](https://x.org/"onmouseover=alert(1))')  # fmt: skip
@example("<https://x.org/<script>alert(1)</script>>")
@settings(max_examples=300)
def test_any_text_becomes_nothing_but_listed_html(body: str) -> None:
    assert audit(render(body)).complaints == []


MARKUP = st.lists(
    st.sampled_from(
        ["*", "**", "_", "~~", "`", "```", "\n", "\n\n", "> ", "- ", "1. ", "[", "]", "(", ")", "](", "||", "<", ">", "!", "\\",
         "https://e.org/", "javascript:", "data:", "\t", " ", "a", "<script>", "onerror=", '"', "'", "&", "&#x6A;", "\u202e"]
    ),
    max_size=60,
).map("".join)  # fmt: skip


@given(MARKUP)
@settings(max_examples=500)
def test_any_markup_becomes_nothing_but_listed_html(body: str) -> None:
    assert audit(render(body)).complaints == []


@given(MARKUP)
def test_rendered_html_survives_a_second_sanitiser_unchanged(body: str) -> None:
    """No mutation: what a parser reads and writes again is the same, so no browser can read it another way."""
    from service.rendering import _CLEANER  # noqa: PLC0415

    html = render(body)
    assert _CLEANER.clean(html) == html


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=80))
def test_words_come_out_as_they_went_in(body: str) -> None:
    assert audit(render(body)).text == body


def test_public_xss_payloads() -> None:
    bad = [
        (payload, found)
        for payload in xss_payloads()
        if (found := audit(render(payload[:MAX_BODY])).complaints)
    ]
    assert bad == []


def test_naughty_strings() -> None:
    for text in naughty_strings():
        try:
            body = clean_body(text)
        except BodyRefused:
            continue
        assert audit(render(body)).complaints == []
        body.encode("utf-8")


@pytest.mark.parametrize("name", bombs())
def test_bombs_come_out_bounded(name: str) -> None:
    html = render(bombs()[name])
    assert audit(html).complaints == []
    assert len(html) <= 12 * MAX_BODY


def test_nesting_is_capped() -> None:
    assert render("> " * 500 + "a").count("<blockquote>") <= 20
    assert render("- " * 500 + "a").count("<ul>") <= 20


def test_a_text_too_long_to_render_is_refused() -> None:
    with pytest.raises(BodyRefused) as refused:
        render("a" * 20_001)
    assert refused.value.code == "too_long"


def test_a_comment_has_an_end() -> None:
    assert render("a\n\n" * 3000).count("<p>") <= 201


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "empty"),
        (" \t\r\n ", "empty"),
        ("\x07\x1b", "empty"),
        ("\u200b\u200d", "invisible"),
        ("\u3164 \u2800\u115f", "invisible"),
        ("\u0301", "invisible"),
        ("a\x00b", "characters"),
        ("a\ud83d", "characters"),
        ("a" * 10_001, "too_long"),
        ("a" * 100_000, "too_long"),
    ],
)
def test_what_cannot_be_a_comment(raw: str, code: str) -> None:
    with pytest.raises(BodyRefused) as refused:
        clean_body(raw)
    assert refused.value.code == code
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        ("  hello \n", "hello"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("cafe\u0301", "café"),
        ("a\x08\x1b[31mb\tc", "a[31mb\tc"),
        ("👍", "👍"),
        ("a" * 10_000, "a" * 10_000),
    ],
)
def test_what_is_stored(raw: str, body: str) -> None:
    assert clean_body(raw) == body


def test_the_limit_is_the_callers() -> None:
    assert clean_body("abc", limit=3) == "abc"
    with pytest.raises(BodyRefused, match="at most 2 characters"):
        clean_body("abc", limit=2)


@given(st.text(alphabet=st.characters(), max_size=200))
def test_a_stored_body_is_stable_and_can_be_stored(raw: str) -> None:
    try:
        body = clean_body(raw)
    except BodyRefused:
        return
    assert clean_body(body) == body
    assert "\x00" not in body.encode("utf-8").decode("utf-8")
    assert unicodedata.is_normalized("NFC", body)
