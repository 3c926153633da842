"""Finding any comment again, and the filters that one has saved."""

from datetime import UTC, datetime, timedelta

from aiohttp import web

from service import cursors
from service.auth import Staff
from service.endpoint import answer, empty
from service.keys import POOL
from service.names import skeleton
from service.problems import Problem, invalid
from service.sites import Site
from service.staff.search_shapes import FilterIn, FilterOut, FiltersOut, FoundOut, SearchOut, SearchQuery
from service.store import filters
from service.store.filters import Saved, TooManyError
from service.store.queue import article_id
from service.store.search import Found, Search, search_comments

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


async def search(request: web.Request, site: Site, query: SearchQuery) -> web.Response:
    """Comments in every status, newest first."""
    after = _place(query.cursor)
    async with request.app[POOL].acquire() as conn:
        article = await article_id(conn, site.id, query.article) if query.article else None
        found = await search_comments(
            conn, site.id, _wanted(query, article), limit=query.limit + 1, after=after
        )
    shown = found[: query.limit]
    cursor = _cursor(shown[-1]) if len(found) > query.limit else None
    link = {"Link": f'<{request.rel_url.update_query(cursor=cursor)}>; rel="next"'} if cursor else {}
    items = [FoundOut.model_validate(one.json) for one in shown]
    return answer(SearchOut(items=items, next=cursor), headers=link)


def _wanted(query: SearchQuery, article: int | None) -> Search:
    return Search(
        words=query.words,
        author=skeleton(query.author) if query.author else None,
        reader_id=int(query.reader) if query.reader else None,
        article_id=article,
        status=query.status,
        low=query.low,
        high=query.high,
        since=query.since,
        until=query.until,
    )


def _cursor(last: Found) -> str:
    return cursors.encode((last.created_at - _EPOCH) // _MICROSECOND, last.id)


def _place(cursor: str | None) -> tuple[datetime, int] | None:
    place = cursors.decode(cursor, 2)
    if place is None:
        return None
    try:
        return _EPOCH + place[0] * _MICROSECOND, place[1]
    except OverflowError:
        raise Problem("malformed", "The cursor is not one that this list gave.") from None


async def list_filters(request: web.Request, site: Site, staff: Staff) -> web.Response:
    """One's saved filters."""
    async with request.app[POOL].acquire() as conn:
        saved = await filters.list_filters(conn, site.id, staff.id)
    return answer(FiltersOut(filters=[_out(one) for one in saved]))


async def save_filter(request: web.Request, site: Site, staff: Staff, body: FilterIn) -> web.Response:
    """Save a view of the queue or a search under a name, in place of what had the name before."""
    async with request.app[POOL].acquire() as conn:
        try:
            saved = await filters.save(
                conn, site.id, staff.id, name=body.name, place=body.place, query=body.query
            )
        except TooManyError:
            message = f"There are {filters.MOST} saved filters: delete one first."
            raise invalid([{"pointer": "/name", "message": message, "code": "too_many"}]) from None
    return answer(_out(saved))


async def forget_filter(request: web.Request, site: Site, staff: Staff, id: int) -> web.Response:
    """Delete a saved filter."""
    async with request.app[POOL].acquire() as conn:
        await filters.forget(conn, site.id, staff.id, id)
    return empty()


def _out(saved: Saved) -> FilterOut:
    return FilterOut.model_validate(
        {"id": str(saved.id), "name": saved.name, "place": saved.place, "query": saved.query}
    )
