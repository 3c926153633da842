"""Hostile comments in a real browser, on a page that has no content security policy to help."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route

from service.rendering import BodyRefused, clean_body, render
from tests.unit.corpora import naughty_strings, xss_payloads

pytestmark = pytest.mark.browser

ORIGIN = "http://comments.test"
CHUNK = 500

# Whatever a payload does to show that it runs is counted: dialogs, errors that its code raises.
HOOKS = """
(() => {
  const seen = [];
  const note = kind => (...args) => { seen.push(`${kind}(${String(args[0]).slice(0, 60)})`); return true; };
  for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = note(name);
  addEventListener('error', event => { if (event instanceof ErrorEvent) seen.push(`error(${event.message})`); }, true);
  addEventListener('unhandledrejection', () => seen.push('rejection'));
  addEventListener('securitypolicyviolation', () => seen.push('policy'));
  Object.defineProperty(window, '__seen', { value: seen });
})();
"""

# Every element is pointed at, pressed, typed into and focused. Links to the web are followed no further than the click.
PROVOKE = """
() => {
  addEventListener('click', event => {
    const link = event.target.closest?.('a[href]');
    if (link && /^(https?|mailto):/.test(link.href)) event.preventDefault();
  }, true);
  const kinds = [[MouseEvent, ['mouseover', 'mouseenter', 'mousemove', 'mousedown', 'mouseup', 'mouseout', 'mouseleave',
                               'click', 'dblclick', 'contextmenu', 'auxclick']],
                 [PointerEvent, ['pointerover', 'pointerenter', 'pointermove', 'pointerdown', 'pointerup', 'pointerout',
                                 'pointerleave']],
                 [FocusEvent, ['focus', 'focusin', 'blur', 'focusout']],
                 [KeyboardEvent, ['keydown', 'keypress', 'keyup']],
                 [Event, ['toggle', 'scroll', 'wheel', 'copy', 'cut', 'paste', 'input', 'change', 'animationstart',
                          'animationend', 'transitionend', 'touchstart', 'touchend', 'drag', 'drop', 'select', 'submit']]];
  const elements = [...document.body.querySelectorAll('*')];
  for (const element of elements) {
    element.focus?.();
    for (const [kind, names] of kinds)
      for (const name of names) element.dispatchEvent(new kind(name, { bubbles: true, cancelable: true }));
  }
  return elements.length;
}
"""

SETTLE = """
() => new Promise(done => {
  const last = new Image();
  last.onerror = () => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)));
  last.src = '/sentinel';
})
"""

SCHEMES = "() => [...document.links].map(link => link.protocol).filter(p => !/^(https?|mailto):$/.test(p))"
FOREIGN = """
() => [...document.body.querySelectorAll('*')].map(e => e.localName).filter(name =>
  !/^(div|p|br|strong|em|s|code|pre|blockquote|ul|ol|li|a|span)$/.test(name))
"""


class Stage:
    """One browser page on which comments are put, and what was seen to happen there."""

    def __init__(self, browser: Browser) -> None:
        self._html = ""
        self.requests: list[str] = []
        self.page: Page = browser.new_page()
        self.page.add_init_script(HOOKS)
        self.page.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        url = route.request.url
        if url == f"{ORIGIN}/thread":
            route.fulfill(content_type="text/html; charset=utf-8", body=self._html)
            return
        if url != f"{ORIGIN}/sentinel":
            self.requests.append(url)
        route.abort()

    def show(self, comments: list[str], *, live: bool) -> None:
        """Load the comments with the page, or (live) put them into it as the widget does."""
        thread = "\n".join(f"<div>{html}</div>" for html in comments)
        self._html = f"<!doctype html><body>{'' if live else thread}</body>"
        self.requests.clear()
        self.page.goto(f"{ORIGIN}/thread")
        if live:
            self.page.evaluate("html => { document.body.innerHTML = html; }", thread)
        self.page.evaluate(SETTLE)

    def provoke(self) -> None:
        """Do everything to the comments that a reader could, with synthetic events and then a real pointer."""
        self.page.evaluate(PROVOKE)
        for element in self.page.locator("a[href], span").all()[:10]:
            element.hover(force=True, timeout=2000)
            element.click(force=True, timeout=2000)
        self.page.evaluate(SETTLE)

    def executions(self) -> list[str]:
        """What ran, asked for, or led away."""
        seen: list[str] = self.page.evaluate("() => window.__seen")
        moved = [] if self.page.url == f"{ORIGIN}/thread" else [self.page.url]
        return seen + moved + self.requests


@pytest.fixture
def stage(browser: Browser) -> Iterator[Stage]:
    made = Stage(browser)
    yield made
    made.page.close()


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize(
    "payload",
    [
        "<img src=x onerror=alert(1)>",
        "<svg><svg onload=alert(1)></svg></svg>",
        "<details open ontoggle=prompt(1)>x</details>",
        "<b onmouseover=confirm(1)>x</b>",
        "<p onclick=print()>x</p>",
        "<input autofocus onfocus=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "<a href='#' onpointerdown=undefinedFunction()>x</a>",
        "<img src=https://elsewhere.test/leak>",
    ],
)
def test_the_stage_notices_an_unsanitised_payload(stage: Stage, payload: str, live: bool) -> None:
    stage.show([payload], live=live)
    stage.provoke()
    assert stage.executions() != []


@pytest.mark.parametrize("live", [False, True])
def test_no_payload_of_the_corpora_runs(stage: Stage, live: bool) -> None:
    comments = [html for text in [*xss_payloads(), *naughty_strings()] if (html := _posted(text)) is not None]
    assert len(comments) > 7000
    for start in range(0, len(comments), CHUNK):
        stage.show(comments[start : start + CHUNK], live=live)
        assert stage.page.evaluate(SCHEMES) == []
        assert stage.page.evaluate(FOREIGN) == []
        stage.provoke()
        assert stage.executions() == [], start


@pytest.mark.parametrize("live", [False, True])
def test_no_payload_runs_from_inside_markup(stage: Stage, live: bool) -> None:
    """The same payloads where Markdown gives them a place: link targets, titles, code, languages of code, spoilers."""
    places = ("[x]({})", "[x](https://e.test/{})", '[x](https://e.test "{}")', "<{}>", "`{}`", "```{}\nx\n```", "||{}||",
              "> {}", "[{}](https://e.test)", "https://e.test/{}")  # fmt: skip
    payloads = [payload for payload in xss_payloads() if len(payload) < 200][::25]
    comments = [
        html
        for payload in payloads
        for place in places
        if (html := _posted(place.format(payload))) is not None
    ]
    assert len(comments) > 2000
    for start in range(0, len(comments), CHUNK):
        stage.show(comments[start : start + CHUNK], live=live)
        assert stage.page.evaluate(SCHEMES) == []
        stage.provoke()
        assert stage.executions() == [], start


def _posted(text: str) -> str | None:
    try:
        return render(clean_body(text))
    except BodyRefused:
        return None
