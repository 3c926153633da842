"""What the tests of appeals share: a reader whose comment was rejected, and the calls that follow."""

from dataclasses import dataclass
from typing import Any

import aiohttp

from service.keys import SIGNER
from tests.api.newsroom import Console, Newsroom

SITE = "/sites/demo"


@dataclass
class Reader:
    """A reader of the site, by their own token."""

    room: Newsroom
    id: int

    async def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = None
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.room.app[SIGNER].sign(self.room.site_id, self.id)}"}
        if key:
            headers["Idempotency-Key"] = key
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                method, f"{self.room.base}/api/v1/sites/demo{path}", json=body, headers=headers
            ) as response,
        ):
            text = await response.text()
            return response.status, await response.json(content_type=None) if text else None

    async def appeal(
        self, comment: int, body: str = "It is a joke.", *, key: str | None = None
    ) -> tuple[int, Any]:
        return await self.call("POST", f"/comments/{comment}/appeal", {"body": body}, key=key)

    async def own(self, comment: int) -> Any:
        status, body = await self.call("GET", f"/comments/{comment}")
        assert status == 200
        return body


async def reader(room: Newsroom, name: str = "Rita") -> Reader:
    return Reader(room, await room.reader(name))


async def rejected(room: Newsroom, by: Console, author: Reader, body: str = "Some words.") -> int:
    """A comment of the author's that somebody on the staff rejected."""
    comment = await room.held(body, reader=author.id)
    status, answer = await decide(by, comment, "reject", reason="off_topic", note="Not here.")
    assert status == 201, answer
    return comment


async def decide(
    console: Console, comment: int, action: str, *, status: str = "held", revision: int = 1, **more: Any
) -> tuple[int, Any]:
    body = {"action": action, "revision": revision, "status": status, **more}
    return await console.call("POST", f"{SITE}/comments/{comment}/decisions", body)


async def waiting(console: Console) -> list[Any]:
    """The open appeals, in the order in which they are due."""
    status, page = await console.call("GET", f"{SITE}/appeals")
    assert status == 200, page
    return list(page["items"])


async def judge(
    console: Console,
    appeal: str,
    outcome: str,
    *,
    status: str | None = "rejected",
    revision: int | None = 1,
    key: str | None = None,
    **more: Any,
) -> tuple[int, Any]:
    """Decide an appeal as the console does: what was on the screen, and a note where it stands."""
    body: dict[str, Any] = {"outcome": outcome, "revision": revision, "status": status}
    if outcome == "uphold":
        body |= {"reason": "off_topic", "note": "It has nothing to do with the article."}
    body |= more
    return await console.call("POST", f"{SITE}/appeals/{appeal}/decision", body, key=key)
