"""The people's half of the queue seen from one side: which items, and in which order they are taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class View(StrEnum):
    """Which items: all, or those that wait for one kind of reason."""

    ALL = "all"
    HELD = "held"
    REPORTED = "reported"
    UNSCORED = "unscored"
    NEW_READERS = "new_readers"
    # What waits for a second person, and what waits for a lead: the latter is in no other view.
    SECOND = "second"
    ESCALATED = "escalated"


class Order(StrEnum):
    """Severity x reach x reporters x age (see urgency.py), or how long an item has waited alone."""

    URGENT = "urgent"
    OLDEST = "oldest"


# Of an item q and its comment c. Word for word as the partial indexes of schema.sql have them.
CONDITIONS: Mapping[View, str] = {
    View.ALL: "q.stage <> 'lead'",
    View.HELD: "q.stage <> 'lead' AND c.status = 'held'",
    View.REPORTED: """q.stage <> 'lead' AND q.reasons @> '[{"code": "reported"}]'""",
    View.UNSCORED: """q.stage <> 'lead' AND q.reasons @> '[{"code": "unscored"}]'""",
    View.NEW_READERS: """q.stage <> 'lead'
        AND (q.reasons @> '[{"code": "new_reader"}]' OR q.reasons @> '[{"code": "link"}]')""",
    View.SECOND: "q.stage = 'second'",
    View.ESCALATED: "q.stage = 'lead'",
}
ORDERS: Mapping[Order, str] = {Order.URGENT: "q.urgency DESC, q.id", Order.OLDEST: "q.id"}


@dataclass(frozen=True, slots=True)
class Selection:
    """What somebody wants to see of a site's queue; without `article_id` all articles."""

    view: View = View.ALL
    order: Order = Order.URGENT
    article_id: int | None = None

    @property
    def condition(self) -> str:
        """The condition on an item q and its comment c.

        The article stands in the statement itself: the planner has to know whether it is one of the busy ones.
        """
        article = "" if self.article_id is None else f" AND c.article_id = {self.article_id:d}"
        return CONDITIONS[self.view] + article


EVERYTHING = Selection()
