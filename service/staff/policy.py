"""How a site judges: read, tried out on past comments, changed, and taken back. Every change is a version."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from moderation import policies, workers
from moderation.database import Connection, open_pool
from moderation.policy import Policy
from moderation.policy_diff import diff
from moderation.policy_parts import LinkRules, WordList
from moderation.rules import compile_rules
from moderation.simulate import Simulation, simulate
from moderation.variants import MOST_WORDS, variants
from service import cursors
from service.auth import Staff
from service.endpoint import answer
from service.keys import DSN, POOL
from service.problems import Problem, invalid
from service.sites import Site
from service.staff.policy_shapes import (
    CandidateIn,
    PolicyIn,
    PolicyOut,
    RestoreIn,
    SimulationOut,
    SpanOut,
    VariantOut,
    VersionOut,
    VersionsOut,
    VersionsQuery,
    WordTestIn,
    WordTestOut,
)
from service.store import policies as store

Part = TypeVar("Part", bound=BaseModel)
_SAMPLES = 5


async def get_policy(request: web.Request, site: Site) -> web.Response:
    """The policy that judges now."""
    async with request.app[POOL].acquire() as conn:
        return answer(await _active(conn, site))


async def save_policy(request: web.Request, site: Site, staff: Staff, body: PolicyIn) -> web.Response:
    """Save a new version, which judges from now on."""
    policy = _checked(Policy, body.document, "document")
    async with request.app[POOL].acquire() as conn:
        await _save(conn, site, policy, base=body.base, staff=staff, note=body.note)
        return answer(await _active(conn, site), status=201)


async def list_versions(request: web.Request, site: Site, query: VersionsQuery) -> web.Response:
    """All versions, newest first, each with what it changed."""
    place = cursors.decode(query.cursor, 1)
    async with request.app[POOL].acquire() as conn:
        # One more than is shown: what the last one changed, it changed from that.
        versions = await store.list_versions(
            conn, site.id, before=place[0] if place else None, limit=query.limit + 1
        )
    shown = versions[: query.limit]
    befores = [Policy.model_validate(one.document) for one in versions[1:]]
    if len(befores) < len(shown):
        befores.append(Policy.default())
    items = [
        VersionOut(
            version=one.version,
            active=one.active,
            note=one.note,
            by=one.by,
            staff=one.staff,
            created_at=one.created_at,
            changes=_changes(before, Policy.model_validate(one.document)),
        )
        for one, before in zip(shown, befores, strict=False)
    ]
    cursor = cursors.encode(shown[-1].version) if len(versions) > query.limit else None
    return answer(VersionsOut(items=items, next=cursor))


async def restore_version(
    request: web.Request, site: Site, staff: Staff, id: int, body: RestoreIn
) -> web.Response:
    """Make an earlier version judge again, as a new one."""
    async with request.app[POOL].acquire() as conn:
        document = await store.find_document(conn, site.id, id) if id < 2**31 else None
        if document is None:
            raise Problem("not_found", "There is no such version.")
        policy = Policy.model_validate(document)
        await _save(conn, site, policy, base=body.base, staff=staff, note=f"restores version {id}")
        return answer(await _active(conn, site), status=201)


async def try_policy(request: web.Request, site: Site, body: CandidateIn) -> web.Response:
    """What a policy would make of past comments, beside the active one. Nothing is changed."""
    candidate = _checked(Policy, body.document, "document")
    async with request.app[POOL].acquire() as conn:
        _, active = (await policies.active(conn, {site.id}))[site.id]
    # Thousands of comments are judged twice: in a thread of its own, so that nobody waits for it.
    found = await asyncio.to_thread(
        asyncio.run, _simulate(request.app[DSN], site.id, candidate, body.days, body.limit)
    )
    moves = [
        {
            "before": before,
            "after": after,
            "comments": len(move.comments),
            "judged": move.judged,
            "otherwise": move.otherwise,
            "samples": [str(id_) for id_ in move.comments[:_SAMPLES]],
        }
        for (before, after), move in sorted(found.moves.items())
    ]
    document = {**found.as_json(), "moves": moves, "changes": _changes(active, candidate)}
    return answer(SimulationOut.model_validate(document))


async def _simulate(dsn: str, site_id: int, candidate: Policy, days: int, limit: int) -> Simulation:
    async with open_pool(dsn, size=1, name="parley simulation") as pool, pool.acquire() as conn:
        return await simulate(conn, site_id, candidate, days=days, limit=limit)


async def try_words(request: web.Request, site: Site, body: WordTestIn) -> web.Response:  # noqa: ARG001
    """What a word list finds in a text, and which disguises of its words it catches."""
    word_list = _checked(WordList, body.word_list, "word_list")
    rules = compile_rules((word_list,), LinkRules())

    def spans(text: str) -> list[SpanOut]:
        found = rules.find(text)
        return [SpanOut(start=hit.start, end=hit.end) for hit in found.words] if found else []

    tried = [
        VariantOut(word=word, trick=trick, text=text, caught=bool(spans(text)))
        for word in word_list.words[:MOST_WORDS]
        for trick, text in variants(word).items()
    ]
    return answer(WordTestOut(hits=spans(body.text), variants=tried))


async def _save(conn: Connection, site: Site, policy: Policy, *, base: int, staff: Staff, note: str) -> None:
    """Save in place of version `base`; raises Problem `stale` if another one judges by now."""
    async with conn.transaction():
        await conn.execute("SELECT FROM sites WHERE id = $1 FOR UPDATE", site.id)
        version, _ = (await policies.active(conn, {site.id}))[site.id]
        if version != base:
            raise Problem("stale", f"Version {version} has been saved meanwhile.", version=version)
        await policies.save(conn, site.id, policy, by=f"staff:{staff.id}", note=note)


async def _active(conn: Connection, site: Site) -> PolicyOut:
    version, policy = (await policies.active(conn, {site.id}))[site.id]
    seen = await workers.states(conn)
    model = seen[0].classifier if seen else None
    return PolicyOut(
        version=version,
        document=policy.model_dump(mode="json"),
        model=model,
        bands=dict(policy.bands_for(model)),
    )


def _changes(before: Policy, after: Policy) -> Sequence[Any]:
    return [change.to_json() for change in diff(before, after)]


def _checked(model: type[Part], document: Mapping[str, Any], field: str) -> Part:
    """Raises Problem `invalid`, which names every setting that cannot be."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise invalid(
            [
                {
                    "pointer": "/" + "/".join(str(part) for part in (field, *item["loc"])),
                    "message": item["msg"].removeprefix("Value error, "),
                    "code": item["type"],
                }
                for item in error.errors(include_url=False, include_input=False)
            ]
        ) from None
