"""Posting, editing and deleting comments."""

from aiohttp import web

from moderation import nudges
from moderation.database import Connection
from moderation.decisions import Decided, Draft, decide
from moderation.policy_parts import Severity
from moderation.rules import compile_rules
from moderation.statuses import Actor, Status
from service.auth import Reader, is_own_origin
from service.endpoint import answer, empty
from service.keys import LIMITS, NOTIFIER, POOL
from service.parsing import idempotency_key, if_match, parse_id
from service.problems import Problem, invalid
from service.reader import restrictions
from service.reader.own import in_words
from service.reader.shapes import MAX_BODY, CommentIn, EditIn
from service.rendering import BodyRefused, clean_body, render
from service.sites import Site
from service.store import comments
from service.store.comments import Comment, KeyReusedError, NewComment, Posted


async def create_comment(
    request: web.Request, site: Site, reader: Reader, article: str, body: CommentIn
) -> web.Response:
    """Post a comment, which is durable when this answers, and pending until it is judged."""
    text, html = _prepare(site, body.body)
    new = NewComment(
        site_id=site.id,
        reader_id=reader.id,
        article_key=article_key(article),
        body=text,
        html=html,
        parent_id=parse_id(body.parent_id, "parent") if body.parent_id is not None else None,
        article_url=article_url(request, site, body.article_url),
        article_title=body.article_title,
        idempotency_key=idempotency_key(request),
        refuse_repeats=request.app[LIMITS].enabled,
        nudge=body.nudge and site.nudges,
    )
    async with request.app[POOL].acquire() as conn:
        try:
            posted = await comments.post(conn, new)
        except KeyReusedError:
            raise Problem("key_reused", "This Idempotency-Key belongs to another comment.") from None
        await _refuse_restricted(conn, site, reader, posted)
        comment_id = _stored(posted)
        request.app[NOTIFIER].queue()
        comment = posted.own or await comments.read_own(conn, site.id, reader.id, comment_id)
    if comment is None:
        raise Problem("not_found", "The comment that this key made has been deleted.")
    location = f"/api/v1/sites/{site.key}/comments/{comment_id}"
    return answer(in_words(comment), status=201, headers={"Location": location})


def _prepare(site: Site, body: str) -> tuple[str, str]:
    """Check a text and render it; raises Problem `invalid`."""
    try:
        text = clean_body(body, limit=MAX_BODY)
    except BodyRefused as error:
        raise invalid([{"pointer": "/body", "message": str(error), "code": error.code}]) from None
    _refuse_blocked_words(site, text)
    return text, render(text)


def _refuse_blocked_words(site: Site, text: str) -> None:
    """Words that the site blocks are told at once, with their place, so that the text can be changed."""
    blocking = tuple(words for words in site.policy.word_lists if words.severity is Severity.BLOCK)
    if not blocking:
        return
    found = compile_rules(blocking, site.policy.links).find(text)
    errors = [
        {
            "pointer": "/body",
            "message": "This word is not used in these comments. Please put it differently.",
            "code": "blocked_word",
            "start": hit.start,
            "end": hit.end,
        }
        for hit in (found.words if found else ())
    ]
    if errors:
        raise invalid(errors)


def article_key(key: str) -> str:
    """An article's key from the path; raises Problem `invalid`."""
    if not 1 <= len(key) <= 512 or "\x00" in key:
        raise invalid(
            [
                {
                    "pointer": "/article",
                    "message": "An article's key has 1 to 512 characters.",
                    "code": "length",
                }
            ]
        )
    return key


def article_url(request: web.Request, site: Site, url: str | None) -> str | None:
    """The page's address, if it lies on an origin of the site."""
    if url is None:
        return None
    origin = "/".join(url.split("/", 3)[:3])
    if origin in site.origins or is_own_origin(request, origin):
        return url.split("#", 1)[0]
    message = f"{origin} is not on the list of origins of this site."
    raise invalid([{"pointer": "/article_url", "message": message, "code": "origin"}])


async def _refuse_restricted(conn: Connection, site: Site, reader: Reader, posted: Posted) -> None:
    """Raise the Problem that tells of a sanction, or of a warning to be read first, in the words that go with it."""
    if posted.sanction in ("suspended", "banned"):
        raise await restrictions.sanctioned(
            conn, site.id, reader.id, posted.sanction, posted.sanctioned_until
        )
    if posted.comment_id is None and posted.warned is not None and posted.article_mode != "closed":
        raise await restrictions.warned(conn, site.id, reader.id)


def _stored(posted: Posted) -> int:
    """The id of a comment that was stored; raises the Problem that says why it was not."""
    if posted.comment_id is not None:
        return posted.comment_id
    if posted.article_mode == "closed":
        raise Problem("article_closed")
    if posted.repeat_of is not None:
        raise Problem("duplicate", "You have just posted this.", comment_id=str(posted.repeat_of))
    if not posted.parent_found:
        raise Problem("parent_gone", "The comment that you replied to is not there any more.")
    raise Problem("unauthenticated", "This account does not exist any more.")


async def edit_comment(
    request: web.Request,
    site: Site,
    reader: Reader,
    id: int,
    body: EditIn,
) -> web.Response:
    """Change a comment within the site's window. The new text is judged while the old one stays up."""
    revision = if_match(request)
    text, html = _prepare(site, body.body)
    async with request.app[POOL].acquire() as conn, conn.transaction():
        comment = await _own(conn, site, reader, id)
        if comment.revision != revision:
            raise Problem("precondition_failed", f"The comment is at revision {comment.revision}.")
        if comment.age_s > site.edit_window.total_seconds() or comment.status is Status.REJECTED:
            raise Problem("edit_window_over")
        await comments.edit(conn, site.id, comment, body=text, html=html)
        edited = await comments.read_own(conn, site.id, reader.id, id)
    request.app[NOTIFIER].queue()
    assert edited is not None
    return answer(in_words(edited), headers={"ETag": f'"{edited["revision"]}"'})


async def send_to_review(request: web.Request, site: Site, reader: Reader, id: int) -> web.Response:
    """Have people read a comment as it is, in place of putting it differently."""
    async with request.app[POOL].acquire() as conn, conn.transaction():
        await _own(conn, site, reader, id)
        sent = await nudges.send(conn, site.id, reader.id, id)
        comment = await comments.read_own(conn, site.id, reader.id, id)
    if sent:
        request.app[NOTIFIER].staff(site.id, "item.added", id)
    assert comment is not None
    return answer(in_words(comment))


async def delete_comment(request: web.Request, site: Site, reader: Reader, id: int) -> web.Response:
    """Delete one's own comment; replies stay, under a tombstone."""
    async with request.app[POOL].acquire() as conn:
        for _ in range(5):
            async with conn.transaction():
                comment = await comments.find(conn, site.id, id)
                if comment is None or comment.reader_id != reader.id:
                    raise Problem("not_found", "There is no such comment of yours.")
                if comment.status in (Status.DELETED, Status.ERASED):
                    return empty()
                draft = Draft(site.id, id, comment.revision, comment.status, Status.DELETED, Actor.AUTHOR)
                [outcome] = await decide(conn, [draft])
            if isinstance(outcome, Decided):
                if outcome.version is not None:
                    request.app[NOTIFIER].article(site.id, outcome.article_id, outcome.version)
                request.app[NOTIFIER].staff(site.id, "item.decided", id)
                return empty()
    raise Problem("stale", "The comment changes too often to be deleted right now. Try again.")


async def _own(conn: Connection, site: Site, reader: Reader, comment_id: int) -> Comment:
    comment = await comments.find(conn, site.id, comment_id, lock=True)
    if comment is None or comment.reader_id != reader.id or comment.status in (Status.DELETED, Status.ERASED):
        raise Problem("not_found", "There is no such comment of yours.")
    return comment
