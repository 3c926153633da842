"""A comment's JSON as a page shows it: a moment in words, and its text without mark-up."""

from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

_BLOCKS = frozenset({"p", "br", "li", "pre", "blockquote", "ul", "ol"})


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_startendtag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self.handle_endtag(tag)


def plain(html: str) -> str:
    """The text of our own sanitised HTML, a line a block."""
    reader = _Text()
    reader.feed(html.replace("<br>", "<br/>"))
    reader.close()
    return "\n".join(line.strip() for line in "".join(reader.parts).splitlines() if line.strip())


@dataclass(frozen=True, slots=True)
class Shown:
    """One comment on a page. `author` is None on a tombstone, `rest` the address of replies that are not here."""

    id: str
    author: str | None
    badges: tuple[str, ...]
    html: str
    status: str
    # RFC 3339, and in words.
    at: str
    when: str
    up: int
    down: int
    depth: int
    replies: tuple["Shown", ...] = ()
    rest: str | None = None
    pinned: bool = False
    featured: bool = False

    @property
    def text(self) -> str:
        """What it says, without mark-up."""
        return plain(self.html)


def shown(comment: dict[str, Any], rest_at: str) -> Shown:
    """A comment of the API with its first replies; `rest_at` is where the conversation below it stands."""
    replies = comment.get("replies") or {"items": [], "next": None}
    author = comment["author"]
    moment = datetime.fromisoformat(comment["created_at"]).astimezone(UTC)
    return Shown(
        id=comment["id"],
        author=author["name"] if author else None,
        badges=tuple(author["badges"]) if author else (),
        html=comment["html"] or "",
        status=comment["status"],
        at=moment.isoformat(timespec="seconds"),
        when=f"{moment.day} {moment:%B %Y, %H:%M} UTC",
        up=comment["votes"]["up"],
        down=comment["votes"]["down"],
        depth=comment["depth"],
        replies=tuple(shown(reply, "") for reply in replies["items"]),
        rest=rest_at if replies["next"] else None,
        pinned=bool(comment.get("pinned")),
        featured=bool(comment.get("featured")),
    )
