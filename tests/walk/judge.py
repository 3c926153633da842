"""What each step of a walk is held to: what it may change, what the record has of it, and what must be so after it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from service.store import record
from service.store.record import Wanted
from tests import invariants
from tests.invariants import Row, Rows
from tests.walk.world import Person, World

# What is only ever added to.
_LOGS = ("decisions", "handovers", "sanctions", "events", "staff_events", "distinctions")
# Who has an item before them is no deed.
_CLAIM = ("claimed_by", "ready_at", "attempts", "postponed")
_MOST = 500


@dataclass(frozen=True, slots=True)
class Step:
    """What was tried: on which site, by whom, whether their role allows it, and by which names the record has it."""

    site: str
    status: int = 200
    by: Person | None = None
    may: bool = True
    deeds: frozenset[str] = frozenset()
    # The machine works on all sites.
    everywhere: bool = False


# Gives the step that was tried, or None where there was nothing to try.
Action = Callable[[World], Awaitable[Step | None]]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a comment stands, as far as taking something back must bring it back."""

    status: str
    waits: bool
    stage: str | None
    reports: frozenset[int]


@dataclass
class Judge:
    """Holds the steps of one walk to the rules."""

    world: World
    # How a comment stood right before each decision and each handover.
    _stood: dict[tuple[str, str, int], Standing] = field(default_factory=dict)
    _noted: dict[tuple[str, int], int] = field(default_factory=dict)

    async def hold(self, step: Step) -> None:
        """Look at the sites again; raises AssertionError."""
        before = dict(self.world.rows)
        await self.world.look(*self.world.sites)
        for site, rows in self.world.rows.items():
            if rows == before[site]:
                continue
            assert step.everywhere or site == step.site, (
                f"{step.site} was called, {_changed(before[site], rows)} of {site}"
            )
            changed = _changed(before[site], _but_met(before[site], rows))
            assert step.status < 400 or not changed, f"refused, but {changed}"
            assert step.may or not changed, f"not theirs to do, but {changed}"
            _added_only(before[site], rows)
            _decided(before[site], rows, step)
            self._taken_back(site, before[site], rows)
            invariants.whole(rows)
        if step.by is not None:
            await self._recorded(step, before[step.site], self.world.rows[step.site])

    async def _recorded(self, step: Step, before: Rows, after: Rows) -> None:
        """Whatever a member of staff changed, the record has under their name."""
        assert step.by is not None
        async with self.world.pool.acquire() as conn:
            acts = await record.read_record(
                conn, self.world.sites[step.site], Wanted(staff_id=step.by.id), limit=_MOST
            )
        key = (step.site, step.by.id)
        new = [act.json["action"] for act in acts[: len(acts) - self._noted.get(key, 0)]]
        self._noted[key] = len(acts)
        changed = _changed(_but_claims(before), _but_claims(after))
        assert not (changed and not new), f"{changed}, and the record has nothing of it"
        assert set(new) <= step.deeds, f"{new} in the record of {sorted(step.deeds)}"

    def _taken_back(self, site: str, before: Rows, after: Rows) -> None:
        """What is taken back is as it was before."""
        for made in _new(before, after, "decisions"):
            comment = made["comment_id"]
            self._stood[site, "decision", made["id"]] = was = _standing(before, comment)
            if made["undoes"]:
                then = self._stood[site, "decision", made["undoes"]]
                self._is_back(after, comment, then, was)
        for made in _new(before, after, "handovers"):
            comment = made["comment_id"]
            self._stood[site, "handover", made["id"]] = was = _standing(before, comment)
            if made["action"] == "withdraw":
                # The machine may have judged it meanwhile.
                then = replace(self._stood[site, "handover", made["answers"]], status=was.status)
                self._is_back(after, comment, replace(then, waits=then.waits and was.status == "held"), was)

    @staticmethod
    def _is_back(after: Rows, comment_id: int, then: Standing, was: Standing) -> None:
        now = _standing(after, comment_id)
        # Nothing is pending again, and what was reported meanwhile stays.
        status = "held" if then.status == "pending" else then.status
        reports = then.reports | was.reports
        waits = then.waits or status != then.status or bool(reports)
        wanted = Standing(status, waits, (then.stage or "first") if waits else None, reports)
        assert now == wanted, f"taken back, comment {comment_id} is {now}, not {wanted}"


def _decided(before: Rows, after: Rows, step: Step) -> None:
    """A comment that changed its status has one decision more, by whoever called; those who decide may decide it there and then."""
    was = {one["id"]: one["status"] for one in before["comments"]}
    new = invariants.by_comment(_new(before, after, "decisions"))
    for comment in after["comments"]:
        changed = comment["status"] != was.get(comment["id"], "pending")
        assert len(new[comment["id"]]) <= 1, f"{len(new[comment['id']])} decisions on comment {comment['id']}"
        assert new[comment["id"]] or not changed, f"comment {comment['id']} changed without a decision"
    items = {one["comment_id"]: one for one in before["queue"] if one["lane"] == "review"}
    for decisions in new.values():
        for made in decisions:
            assert made["staff_id"] == (step.by.id if step.by else None)
            item = items.get(made["comment_id"])
            if step.by is not None and item is not None and item["stage"] != "first":
                leads = step.by.roles[step.site] in ("lead", "admin")
                answers = made["handover_id"] == item["handover_id"]
                assert leads or (item["stage"] == "second" and answers), (
                    f"decision {made['id']}: {item['stage']}"
                )


def _standing(rows: Rows, comment_id: int) -> Standing:
    comment = next(one for one in rows["comments"] if one["id"] == comment_id)
    item = next(
        (one for one in rows["queue"] if (one["comment_id"], one["lane"]) == (comment_id, "review")), None
    )
    reports = [
        one["id"] for one in rows["reports"] if one["comment_id"] == comment_id and one["settled_by"] is None
    ]
    return Standing(comment["status"], item is not None, item["stage"] if item else None, frozenset(reports))


def _added_only(before: Rows, after: Rows) -> None:
    for log in _LOGS:
        kept = {_id(one): one for one in after[log]}
        for one in before[log]:
            assert kept.get(_id(one)) == one, f"{log}: {one} is gone, or not what it was"


def _new(before: Rows, after: Rows, table: str) -> list[Row]:
    known = {_id(one) for one in before[table]}
    return sorted((one for one in after[table] if _id(one) not in known), key=lambda one: one["id"])


def _id(row: Row) -> Any:
    return row["id"] if "id" in row else (row["article_id"], row["seq"])


def _but_claims(rows: Rows) -> Mapping[str, Any]:
    items = [{key: value for key, value in one.items() if key not in _CLAIM} for one in rows["queue"]]
    return {**rows, "queue": items}


def _but_met(before: Rows, after: Rows) -> Rows:
    """Without the articles that somebody has come to, whatever became of what they wanted there."""
    known = {one["id"] for one in before["articles"]}
    return {**after, "articles": [one for one in after["articles"] if one["id"] in known or one["version"]]}


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """The tables that differ, in words; nothing if none does."""
    tables = [table for table in after if before[table] != after[table]]
    return f"changed {', '.join(tables)}" if tables else ""
