"""Threads as schema.org JSON-LD, so that search engines know a discussion when they see one."""

from collections.abc import Sequence
from typing import Any

import orjson

from service.public.words import Shown


def discussion(
    *, url: str, title: str, article_url: str | None, publisher: str, count: int, comments: Sequence[Shown]
) -> str:
    """A page of a thread as a DiscussionForumPosting, to stand in a script element."""
    return _safe(
        {
            "@context": "https://schema.org",
            "@type": "DiscussionForumPosting",
            "@id": url,
            "url": article_url or url,
            "headline": title,
            "author": {"@type": "Organization", "name": publisher},
            "commentCount": count,
            "interactionStatistic": _count("CommentAction", count),
            "comment": [_comment(url, comment) for comment in comments if comment.author is not None],
        }
    )


def one_comment(*, url: str, article_url: str | None, comment: Shown) -> str:
    """One comment with what lies below it, to stand in a script element."""
    document = {"@context": "https://schema.org", **_comment(url, comment)}
    if article_url:
        document["about"] = {"@type": "WebPage", "url": article_url}
    return _safe(document)


def _comment(page: str, comment: Shown) -> dict[str, Any]:
    return {
        "@type": "Comment",
        "@id": f"{page}#parley-{comment.id}",
        "url": f"{page}#parley-{comment.id}",
        "text": comment.text,
        "datePublished": comment.at,
        "author": {"@type": "Person", "name": comment.author},
        "upvoteCount": comment.up,
        "downvoteCount": comment.down,
        "interactionStatistic": _count("LikeAction", comment.up),
        "comment": [_comment(page, reply) for reply in comment.replies if reply.author is not None],
    }


def _count(action: str, number: int) -> dict[str, Any]:
    return {
        "@type": "InteractionCounter",
        "interactionType": f"https://schema.org/{action}",
        "userInteractionCount": number,
    }


def _safe(document: dict[str, Any]) -> str:
    """JSON that cannot end its script element, whatever somebody wrote."""
    return orjson.dumps(document).decode().replace("<", "\\u003c").replace("\u2028", "\\u2028")
