"""What a page's HTML says of the comments: the script tag, the elements, and policies in meta elements."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from yarl import URL

LOADER = "/embed.js"
# Any other type is data to a browser: consent managers use that to keep a script from running.
_SCRIPTS = ("", "module", "text/javascript", "application/javascript")


@dataclass(frozen=True, slots=True)
class Tag:
    """The script tag: where it leads, and its attributes by name in lower case."""

    url: URL
    attributes: dict[str, str]

    @property
    def runs(self) -> bool:
        """False for a type that browsers do not run."""
        return self.attributes.get("type", "").lower() in _SCRIPTS


@dataclass(slots=True)
class Markup:
    """What was found. `elements` are the attributes of each place for a thread."""

    tags: list[Tag] = field(default_factory=list)
    elements: list[dict[str, str]] = field(default_factory=list)
    policies: list[str] = field(default_factory=list)
    help_link: bool = False


class _Reader(HTMLParser):
    def __init__(self, page: URL) -> None:
        super().__init__()
        self.found = Markup()
        self._base = page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "base" and "href" in given:
            self._base = self._join(given["href"]) or self._base
        elif tag == "script" and "src" in given:
            url = self._join(given["src"].strip())
            if url is not None and url.path == LOADER:
                self.found.tags.append(Tag(url, given))
        elif tag == "parley-comments":
            self.found.elements.append(given)
        elif tag == "meta" and given.get("http-equiv", "").lower() == "content-security-policy":
            self.found.policies.append(given.get("content", ""))
        elif tag == "a" and "/help/" in given.get("href", ""):
            self.found.help_link = True

    def _join(self, address: str) -> URL | None:
        try:
            url = self._base.join(URL(address))
        except ValueError:
            return None
        return url if url.scheme in ("http", "https") and url.host else None


def read_markup(html: str, page: URL) -> Markup:
    """Read a page that was found at `page`."""
    reader = _Reader(page)
    reader.feed(html)
    reader.close()
    return reader.found
