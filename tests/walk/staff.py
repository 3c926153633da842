"""What people on the staff do, whatever their role: each gives the step that was tried, or None where there was nothing to try."""

from typing import Any

from service.store.record import Deed
from tests.invariants import Row
from tests.walk.judge import Action, Step
from tests.walk.world import Person, World

_DO = ("moderator", "lead", "admin")
_RULE = ("lead", "admin")
_DECISIONS = (Deed.PUBLISH, Deed.REJECT, Deed.HOLD)
_REASONS = ("spam", "harassment")
# Two see a rejection for harassment; the machine may reject what it holds now.
_POLICIES: tuple[dict[str, Any], ...] = (
    {"second_review": {"reasons": ["harassment"]}},
    {"second_review": {"articles": ["parks"]}},
    {"bands": {"*": {"toxicity": {"hold_at": 0.5, "reject_at": 0.9}}}},
    {"bands": {"*": {"toxicity": {"hold_at": 0.5}}}, "hold_edits": True, "on_unscored": "publish"},
)


def _somebody(world: World) -> tuple[Person, str]:
    """Who acts, and where: most often where they work."""
    person = world.chance.choice(world.staff)
    elsewhere = world.chance.random() < 0.05
    return person, world.chance.choice(list(world.sites if elsewhere else person.roles))


async def _try(
    world: World,
    who: tuple[Person, str],
    method: str,
    path: str,
    body: object = None,
    *,
    deeds: tuple[Deed, ...] = (),
    roles: tuple[str, ...] = _DO,
) -> Step:
    person, site = who
    status = await world.staff_call(person, method, site, path, body)
    may = person.roles.get(site) in roles
    assert may or status == 403, f"{person.name} was answered {status}"
    return Step(site, status, person, may, frozenset(deeds))


async def _take_back(world: World, table: str, move: str, *deeds: Deed) -> Step | None:
    """Whatever was done before, by whomever; the table's name is the calls' too."""
    who = _somebody(world)
    done = world.some(who[1], table)
    if done is None:
        return None
    return await _try(world, who, "POST", f"/{table}/{done['id']}/{move}", deeds=deeds)


def _comment(world: World, site: str) -> Row | None:
    """What waits more often than what does not; now and then a comment of the other site."""
    if world.chance.random() < 0.04:
        return world.some(world.chance.choice(list(world.sites)), "comments")
    waits = {one["comment_id"] for one in world.rows[site]["queue"] if one["lane"] == "review"}
    found = [one for one in world.rows[site]["comments"] if one["id"] in waits]
    if found and world.chance.random() < 0.7:
        return world.chance.choice(found)
    return world.some(site, "comments", "published", "held", "rejected", "pending")


async def decide(world: World) -> Step | None:
    """Approve, reject or hold what was seen."""
    who = _somebody(world)
    comment = _comment(world, who[1])
    escalated = {one["comment_id"] for one in world.rows[who[1]]["queue"] if one["stage"] == "lead"}
    if escalated and who[0].roles.get(who[1]) in _RULE:
        # Leads see these before all else.
        comment = next(one for one in world.rows[who[1]]["comments"] if one["id"] in escalated)
    if comment is None:
        return None
    action = world.chance.choice(["publish", "reject", "reject", "hold"])
    body = {"action": action, "revision": comment["revision"], "status": comment["status"]}
    if action == "reject":
        body["reason"] = world.chance.choice(_REASONS)
    if world.chance.random() < 0.05:
        # As it was on a screen that has been open for long.
        body["status"] = "held" if comment["status"] != "held" else "published"
    path = f"/comments/{comment['id']}/decisions"
    return await _try(world, who, "POST", path, body, deeds=(*_DECISIONS, Deed.PROPOSE))


async def undo(world: World) -> Step | None:
    """Take one of the last decisions back."""
    who = _somebody(world)
    made = world.some(who[1], "decisions")
    by_staff = sorted(
        (one for one in world.rows[who[1]]["decisions"] if one["actor"] == "staff"), key=lambda one: one["id"]
    )
    handed = [one for one in by_staff if one["handover_id"]]
    if by_staff and world.chance.random() < 0.9:
        made = world.chance.choice((handed if handed and world.chance.random() < 0.4 else by_staff)[-3:])
    if made is None:
        return None
    return await _try(
        world, who, "POST", f"/decisions/{made['id']}/undo", deeds=(Deed.UNDO, Deed.APPEAL_UNDO)
    )


async def _hand(world: World, move: str, deed: Deed, roles: tuple[str, ...] = _DO) -> Step | None:
    who = _somebody(world)
    comment = _comment(world, who[1])
    if comment is None:
        return None
    path = f"/comments/{comment['id']}/{move}"
    return await _try(world, who, "POST", path, {"words": "Look."}, deeds=(deed,), roles=roles)


async def escalate(world: World) -> Step | None:
    """Leave it to the leads."""
    return await _hand(world, "escalation", Deed.ESCALATE)


async def hand_back(world: World) -> Step | None:
    """Give it back to everybody."""
    return await _hand(world, "hand-back", Deed.HAND_BACK, _RULE)


async def disagree(world: World) -> Step | None:
    """Do not confirm what was proposed."""
    return await _hand(world, "disagreement", Deed.DISAGREE)


async def confirm(world: World) -> Step | None:
    """Confirm what was proposed, whoever did."""
    who = _somebody(world)
    waits = {one["handover_id"] for one in world.rows[who[1]]["queue"] if one["stage"] == "second"}
    proposals = [one for one in world.rows[who[1]]["handovers"] if one["action"] == "propose"]
    proposed = [one for one in proposals if one["id"] in waits] or proposals
    if not proposed:
        return None
    one = world.chance.choice(proposed)
    path, body = f"/comments/{one['comment_id']}/confirmation", {"handover": str(one["id"])}
    return await _try(world, who, "POST", path, body, deeds=_DECISIONS)


async def withdraw(world: World) -> Step | None:
    """Take back that one handed it over."""
    who = _somebody(world)
    handed = world.some(who[1], "handovers")
    if handed is None:
        return None
    who = next(((one, who[1]) for one in world.staff if one.id == handed["staff_id"]), who)
    return await _try(world, who, "POST", f"/handovers/{handed['id']}/undo", deeds=(Deed.HANDOVER_UNDO,))


async def claim(world: World) -> Step | None:
    """The next items, appeals or not."""
    who = _somebody(world)
    lane = world.chance.choice(["queue", "queue", "appeals"])
    return await _try(world, who, "POST", f"/{lane}/claims", {"limit": world.chance.randint(1, 3)})


async def skip(world: World) -> Step | None:
    """Give a claim back."""
    who = _somebody(world)
    held = [one for one in world.rows[who[1]]["queue"] if one["claimed_by"] == f"staff:{who[0].id}"]
    if not held:
        return None
    item = world.chance.choice(held)
    lane, id_ = ("appeals", item["appeal_id"]) if item["appeal_id"] else ("queue", item["comment_id"])
    return await _try(world, who, "DELETE", f"/{lane}/claims", {"ids": [str(id_)]})


async def decide_many(world: World) -> Step | None:
    """What is marked, or all of a band."""
    who = _somebody(world)
    action = world.chance.choice(["publish", "reject"])
    body: dict[str, Any] = {"action": action, **({"reason": "spam"} if action == "reject" else {})}
    comments = [
        one for one in world.rows[who[1]]["comments"] if one["status"] in ("held", "published", "rejected")
    ]
    if not comments:
        return None
    if world.chance.random() < 0.4:
        body["band"] = {"low": 0.5, "high": 1}
    else:
        picked = world.chance.sample(comments, min(3, len(comments)))
        body["items"] = [
            {"id": str(one["id"]), "revision": one["revision"], "status": one["status"]} for one in picked
        ]
    return await _try(world, who, "POST", "/batches", body, deeds=(*_DECISIONS, Deed.DECIDE_MANY))


async def remove_all(world: World) -> Step | None:
    """Take down all that a reader wrote."""
    who = _somebody(world)
    reader = world.some(who[1], "readers")
    assert reader is not None
    path = f"/readers/{reader['id']}/removals"
    return await _try(world, who, "POST", path, {"reason": "spam"}, deeds=(*_DECISIONS, Deed.REMOVE_COMMENTS))


async def undo_many(world: World) -> Step | None:
    """Take such an act back."""
    return await _take_back(world, "batches", "undo", Deed.UNDO, Deed.RESTORE_MANY, Deed.RESTORE_COMMENTS)


async def mark(world: World) -> Step | None:
    """Pin, feature, or no more; or a badge."""
    who = _somebody(world)
    comment = world.some(who[1], "comments")
    if comment is None:
        return None
    if world.chance.random() < 0.3:
        badge = {"badge": world.chance.choice(["author", None])}
        return await _try(
            world, who, "PUT", f"/readers/{comment['reader_id']}/badge", badge, deeds=(Deed.BADGE,)
        )
    marks = {world.chance.choice(["pinned", "featured"]): world.chance.random() < 0.6}
    deeds = (Deed.PIN, Deed.UNPIN, Deed.FEATURE, Deed.UNFEATURE)
    return await _try(world, who, "PUT", f"/comments/{comment['id']}/marks", marks, deeds=deeds)


async def lock(world: World) -> Step | None:
    """Change when an article's comments are looked at."""
    who = _somebody(world)
    article = world.some(who[1], "articles")
    if article is None:
        return None
    mode = {"mode": world.chance.choice(["post", "post", "pre", "closed"])}
    return await _try(world, who, "PUT", f"/articles/{article['key']}/mode", mode, deeds=(Deed.ARTICLE_MODE,))


async def sanction(world: World) -> Step | None:
    """Warn, pre-moderate, suspend, ban or lift."""
    who = _somebody(world)
    reader = world.some(who[1], "readers")
    assert reader is not None
    action = world.chance.choice(["warn", "premoderate", "suspend", "ban", "lift", "lift", "lift"])
    body = {"action": action, "seen": reader["sanction"], "reason": "spam"}
    if action == "suspend":
        body["hours"] = 24
    deeds = (Deed.WARN, Deed.SANCTION, Deed.LIFT)
    return await _try(world, who, "POST", f"/readers/{reader['id']}/sanctions", body, deeds=deeds)


async def withdraw_warning(world: World) -> Step | None:
    """Take a warning back."""
    return await _take_back(world, "warnings", "withdrawal", Deed.WITHDRAW)


async def dissent(world: World) -> Step | None:
    """Appeal what a colleague decided."""
    who = _somebody(world)
    made = world.some(who[1], "decisions")
    if made is None:
        return None
    last = max(
        one["id"] for one in world.rows[who[1]]["decisions"] if one["comment_id"] == made["comment_id"]
    )
    body = {"decision": str(last), "body": "I would not have."}
    return await _try(
        world, who, "POST", f"/comments/{made['comment_id']}/appeals", body, deeds=(Deed.APPEAL,)
    )


async def judge_appeal(world: World) -> Step | None:
    """Overturn it, or let it stand, whoever it is against."""
    who = _somebody(world)
    case = world.some(who[1], "appeals")
    still_open = [one for one in world.rows[who[1]]["appeals"] if one["state"] == "open"]
    if still_open and world.chance.random() < 0.9:
        case = world.chance.choice(still_open)
    if case is None:
        return None
    body: dict[str, Any] = {
        "outcome": world.chance.choice(["overturn", "uphold"]),
        "reason": "spam",
        "note": "So.",
    }
    if case["comment_id"]:
        [comment] = [one for one in world.rows[who[1]]["comments"] if one["id"] == case["comment_id"]]
        if comment["status"] in ("published", "held", "rejected"):
            body |= {"revision": comment["revision"], "status": comment["status"]}
    deeds = (Deed.OVERTURN, Deed.UPHOLD)
    return await _try(world, who, "POST", f"/appeals/{case['id']}/decision", body, deeds=deeds)


async def take_appeal_back(world: World) -> Step | None:
    """An appeal that was decided is open again."""
    return await _take_back(world, "appeals", "undo", Deed.APPEAL_UNDO)


async def rule(world: World) -> Step | None:
    """Another policy."""
    who = _somebody(world)
    version = max((one["version"] for one in world.rows[who[1]]["policies"]), default=0)
    body = {"base": version, "document": world.chance.choice(_POLICIES)}
    return await _try(world, who, "PUT", "/policy", body, deeds=(Deed.POLICY,), roles=_RULE)


STAFF_ACTIONS: dict[Action, int] = {
    decide: 24,
    undo: 12,
    escalate: 8,
    hand_back: 4,
    disagree: 3,
    confirm: 6,
    withdraw: 4,
    claim: 5,
    skip: 2,
    decide_many: 3,
    remove_all: 1,
    undo_many: 3,
    mark: 4,
    lock: 2,
    sanction: 5,
    withdraw_warning: 1,
    dissent: 4,
    judge_appeal: 10,
    take_appeal_back: 3,
    rule: 3,
}
