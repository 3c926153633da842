"""What is so of a site's comments, appeals and queue at any time, whatever was done: asserted on rows as the database has them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from moderation.stages import Move, Stage
from moderation.statuses import Status, is_legal

Row = Mapping[str, Any]
# A site's rows by table.
Rows = Mapping[str, Sequence[Row]]

_GONE = ("deleted", "erased")
_STAGE_AFTER = {
    Move.ESCALATE: Stage.LEAD,
    Move.HAND_BACK: Stage.FIRST,
    Move.PROPOSE: Stage.SECOND,
    Move.DISAGREE: Stage.LEAD,
}


def whole(rows: Rows) -> None:
    """Everything that this module knows of."""
    decisions = by_comment(rows["decisions"])
    for comment in rows["comments"]:
        made = decisions[comment["id"]]
        unbroken(made)
        stands = made[-1]["to_status"] if made else Status.PENDING
        assert comment["status"] == stands, (
            f"comment {comment['id']} is {comment['status']}, decided {stands}"
        )
    fair(rows["appeals"], rows["decisions"], rows["sanctions"])
    told(rows)
    counted(rows)
    queued(rows)
    staged(rows)
    sanctioned(rows)


def by_comment(rows: Iterable[Row]) -> defaultdict[int, list[Row]]:
    """In the order of their ids."""
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda one: one["id"]):
        found[row["comment_id"]].append(row)
    return found


def unbroken(decisions: Sequence[Row]) -> None:
    """A comment's decisions, from the first, each begin where the one before ended, by moves that are legal."""
    before = Status.PENDING
    for made in decisions:
        assert made["from_status"] == before, (
            f"decision {made['id']} is from {made['from_status']}, not {before}"
        )
        after = Status(made["to_status"])
        assert is_legal(before, after), f"decision {made['id']}: {before} -> {after}"
        before = after


def fair(appeals: Sequence[Row], decisions: Sequence[Row], sanctions: Sequence[Row] = ()) -> None:
    """Nobody judged an appeal against himself; an appeal that is over names what decided it; one at a time is open."""
    made = {one["id"]: one for one in decisions}
    laid = {one["id"]: one for one in sanctions}
    for appeal in appeals:
        assert appeal["judge_id"] is None or appeal["judge_id"] not in appeal["barred"]
        log = made if appeal["comment_id"] is not None else laid
        appealed = log[appeal["decision_id"] if appeal["comment_id"] is not None else appeal["sanction_id"]]
        if appeal["comment_id"] is not None and appealed["staff_id"] is not None:
            # Not at the time of the appeal alone: whoever made what was appealed never has the next word on the comment.
            later = {
                one["staff_id"]
                for one in decisions
                if one["comment_id"] == appealed["comment_id"] and one["id"] > appealed["id"]
            }
            assert appealed["staff_id"] not in later, (
                f"appeal {appeal['id']} is decided by whom it is against"
            )
        if appeal["state"] in ("overturned", "upheld"):
            outcome = log[appeal["outcome_id"]]
            assert (outcome["appeal_id"], outcome["staff_id"]) == (appeal["id"], appeal["judge_id"])
    still_open = Counter(one["comment_id"] for one in appeals if one["state"] == "open" and one["comment_id"])
    assert max(still_open.values(), default=0) <= 1


def told(rows: Rows) -> None:
    """An article's events are numbered without a gap, and every step up or down that readers see is one of them."""
    for article in rows["articles"]:
        seqs = sorted(one["seq"] for one in rows["events"] if one["article_id"] == article["id"])
        assert seqs == list(range(1, article["version"] + 1)), f"events of article {article['id']}: {seqs}"
    events = Counter((one["comment_id"], one["type"]) for one in rows["events"])
    expected: Counter[tuple[int, str]] = Counter()
    for made in rows["decisions"]:
        before, after = made["from_status"] == "published", made["to_status"] == "published"
        if before is not after:
            expected[made["comment_id"], "published" if after else "removed"] += 1
    seen = Counter({key: number for key, number in events.items() if key[1] != "changed"})
    assert seen == expected


def counted(rows: Rows) -> None:
    """Counts that are kept are what one gets by counting."""
    up = [one for one in rows["comments"] if one["status"] == "published"]
    on_article = Counter(one["article_id"] for one in up)
    below = Counter(ancestor for one in up for ancestor in one["ancestors"])
    votes = Counter((one["comment_id"], one["value"]) for one in rows["votes"])
    for article in rows["articles"]:
        assert article["comment_count"] == on_article[article["id"]], f"article {article['id']}"
    for one in rows["comments"]:
        assert one["reply_count"] == below[one["id"]], f"replies below comment {one['id']}"
        assert (one["up"], one["down"]) == (votes[one["id"], 1], votes[one["id"], -1]), (
            f"votes of {one['id']}"
        )


def queued(rows: Rows) -> None:
    """What waits is in the lane that it waits in, and nothing else is."""
    lanes: defaultdict[str, dict[int, Row]] = defaultdict(dict)
    for item in rows["queue"]:
        lanes[item["lane"]][item["appeal_id"] or item["comment_id"]] = item
    still_open = {one["id"]: one for one in rows["appeals"] if one["state"] == "open"}
    assert set(lanes["appeal"]) == set(still_open)
    appealed = {one["comment_id"] for one in still_open.values()}
    reported = {one["comment_id"] for one in rows["reports"] if one["settled_by"] is None}
    handed = by_comment(rows["handovers"])
    for comment in rows["comments"]:
        id_, status = comment["id"], comment["status"]
        if status == "pending":
            assert id_ in lanes["score"], f"comment {id_} is pending and waits for nobody"
        if status == "held" and id_ not in appealed:
            assert id_ in lanes["review"], f"comment {id_} is held and waits for nobody"
        if status in _GONE:
            assert id_ not in lanes["review"], f"comment {id_} is gone and waits for people"
        item = lanes["review"].get(id_)
        last = handed[id_][-1]["action"] if handed[id_] else None
        # A lead who hands something back wants it to be looked at, whatever it is.
        by_hand = item is not None and (item["stage"] != "first" or last == Move.HAND_BACK)
        why = status == "held" or id_ in reported or by_hand
        assert item is None or why, f"comment {id_} ({status}) waits for people without a reason"


def staged(rows: Rows) -> None:
    """Whom an item waits for is what the handover that brought it there says; nobody confirms what they proposed."""
    handovers = {one["id"]: one for one in rows["handovers"]}
    for item in rows["queue"]:
        if item["stage"] == "first":
            continue
        brought = handovers[item["handover_id"]]
        assert brought["comment_id"] == item["comment_id"]
        assert _STAGE_AFTER[Move(brought["action"])] == item["stage"]
    for made in rows["decisions"]:
        answered = handovers.get(made["handover_id"])
        if answered is not None and answered["action"] == "propose" and made["actor"] == "staff":
            assert answered["staff_id"] != made["staff_id"], (
                f"decision {made['id']} confirms its own proposal"
            )


def sanctioned(rows: Rows) -> None:
    """A reader is under what was last laid on them, and each change begins where the one before ended."""
    stands: dict[int, str] = {}
    for change in sorted(rows["sanctions"], key=lambda one: one["id"]):
        assert change["from_sanction"] == stands.get(change["reader_id"], "none"), f"sanction {change['id']}"
        stands[change["reader_id"]] = change["to_sanction"]
    for reader in rows["readers"]:
        assert reader["sanction"] == stands.get(reader["id"], "none"), f"reader {reader['id']}"
