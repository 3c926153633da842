"""What readers do, what the machine does, and what time does. Each gives the step that was tried, or None where there was nothing to try."""

from moderation import rescore
from moderation.notify import Notifier
from moderation.worker import Config, Worker
from tests.walk.judge import Action, Step
from tests.walk.world import Reader, World

_TEXTS = (
    "A calm word",
    "You idiot",
    "See https://a.example and https://b.example and https://c.example",
    "One more thing",
)
_ARTICLES = ("trams", "parks")


def _where(world: World, reader: Reader) -> str:
    """The site of a call: nearly always the reader's own."""
    return world.chance.choice(list(world.sites)) if world.chance.random() < 0.05 else reader.site


async def _try(
    world: World, reader: Reader, method: str, site: str, path: str, body: object = None, **headers: str
) -> Step:
    status = await world.reader_call(reader, method, site, path, body, **headers)
    return Step(site, status, may=site == reader.site)


async def post(world: World) -> Step | None:
    """A comment, or an answer to one."""
    reader = world.chance.choice(world.readers)
    site = _where(world, reader)
    parent = world.some(site, "comments") if world.chance.random() < 0.5 else None
    article = world.chance.choice(_ARTICLES)
    body = {"body": f"{world.chance.choice(_TEXTS)} {len(world.said)}"}
    if parent is not None:
        body["parent_id"] = str(parent["id"])
        [article] = [one["key"] for one in world.rows[site]["articles"] if one["id"] == parent["article_id"]]
    return await _try(world, reader, "POST", site, f"/articles/{article}/comments", body)


async def edit(world: World) -> Step | None:
    """Another text for a comment of one's own, or of somebody else."""
    reader = world.chance.choice(world.readers)
    site = _where(world, reader)
    comment = world.some(site, "comments")
    if comment is None:
        return None
    reader = next((one for one in world.readers if one.id == comment["reader_id"]), reader)
    text = f"{world.chance.choice(_TEXTS)}, changed {len(world.said)}"
    match = {"If-Match": f'"{comment["revision"]}"'}
    return await _try(world, reader, "PATCH", site, f"/comments/{comment['id']}", {"body": text}, **match)


async def delete(world: World) -> Step | None:
    """A comment of one's own goes; of somebody else it does not."""
    reader = world.chance.choice(world.readers)
    comment = world.some(_where(world, reader), "comments")
    if comment is None:
        return None
    if world.chance.random() < 0.8:
        reader = next((one for one in world.readers if one.id == comment["reader_id"]), reader)
    return await _try(world, reader, "DELETE", reader.site, f"/comments/{comment['id']}")


async def vote(world: World) -> Step | None:
    """Up, down, or no more."""
    reader = world.chance.choice(world.readers)
    site = _where(world, reader)
    comment = world.some(site, "comments", "published", "deleted")
    if comment is None:
        return None
    id_ = comment["id"]
    given = [
        (one, cast)
        for one in world.readers
        for cast in world.rows[one.site]["votes"]
        if cast["reader_id"] == one.id
    ]
    if given and world.chance.random() < 0.5:
        # Another mind.
        reader, cast = world.chance.choice(given)
        site, id_ = reader.site, cast["comment_id"]
    path = f"/comments/{id_}/vote"
    value = world.chance.choice([1, -1, None])
    if value is None:
        return await _try(world, reader, "DELETE", site, path)
    return await _try(world, reader, "PUT", site, path, {"value": value})


async def report(world: World) -> Step | None:
    """A comment that is up is reported."""
    reader = world.chance.choice(world.readers)
    site = _where(world, reader)
    comment = world.some(site, "comments", "published")
    if comment is None:
        return None
    return await _try(world, reader, "POST", site, f"/comments/{comment['id']}/reports", {"reason": "spam"})


async def appeal(world: World) -> Step | None:
    """Against what keeps a comment of one's own from readers."""
    comment = world.some(world.chance.choice(list(world.sites)), "comments", "rejected", "held")
    if comment is None:
        return None
    reader = next((one for one in world.readers if one.id == comment["reader_id"]), None)
    if reader is None:
        return None
    return await _try(
        world, reader, "POST", reader.site, f"/comments/{comment['id']}/appeal", {"body": "Please."}
    )


async def appeal_sanction(world: World) -> Step | None:
    """Against what one is under."""
    laid = [
        one["id"] for site in world.sites for one in world.rows[site]["readers"] if one["sanction"] != "none"
    ]
    readers = [one for one in world.readers if one.id in laid]
    if not readers:
        return None
    reader = world.chance.choice(readers)
    return await _try(world, reader, "POST", reader.site, "/me/sanction/appeal", {"body": "Please."})


async def acknowledge(world: World) -> Step | None:
    """A warning has been read."""
    reader = world.chance.choice(world.readers)
    warning = world.some(reader.site, "warnings")
    if warning is None:
        return None
    return await _try(world, reader, "POST", reader.site, f"/me/warnings/{warning['id']}/acknowledgement")


async def leave(world: World) -> Step | None:
    """A reader erases their account; somebody else comes."""
    reader = world.chance.choice(world.readers)
    step = await _try(world, reader, "DELETE", reader.site, "/me")
    world.readers.remove(reader)
    await world.arrive(reader.site)
    return step


async def judge(world: World) -> Step | None:
    """The machine judges all that waits for it."""
    worker = Worker(
        world.pool,
        world.model,  # type: ignore[arg-type]
        Notifier(world.pool),
        Config(name="walk", count_floods=False),
    )
    await worker.prepare()
    while await worker.run_once():
        pass
    world.say(f"the machine judges{'' if world.model.there else ', without a classifier'}")
    return Step("here", everywhere=True)


async def fail(world: World) -> Step | None:
    """The classifier goes away, or comes back: the machine goes on either way."""
    world.model.there = not world.model.there
    return await judge(world)


async def judge_again(world: World) -> Step | None:
    """A comment is to be judged anew."""
    site = world.chance.choice(list(world.sites))
    comment = world.some(site, "comments", "published", "held", "rejected")
    if comment is None:
        return None
    async with world.pool.acquire() as conn:
        await rescore.judge_again(conn, world.sites[site], [comment["id"]])
    world.say(f"comment {comment['id']} is to be judged again")
    return Step(site)


async def time(world: World) -> Step | None:
    """All claims run out."""
    await world.pool.execute("UPDATE queue SET ready_at = now() WHERE claimed_by IS NOT NULL")
    world.say("claims run out")
    return Step("here", everywhere=True)


OTHERS: dict[Action, int] = {
    post: 14,
    edit: 4,
    delete: 2,
    vote: 8,
    report: 6,
    appeal: 8,
    appeal_sanction: 2,
    acknowledge: 1,
    leave: 1,
    judge: 12,
    fail: 2,
    judge_again: 2,
    time: 5,
}
