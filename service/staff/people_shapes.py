"""What a reader looks like to staff, and what can be done about one."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from service.parsing import In, Out
from service.staff.context_shapes import NoteOut
from service.staff.shapes import PersonOut

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Under = Literal["none", "premoderated", "suspended", "banned"]
_MAX_HOURS = 5 * 366 * 24


class SanctionIn(In):
    """What to lay on a reader, or `lift`. `seen` is the sanction that was on the screen.

    It ends after `hours`, or at `until`; without either, when it is lifted. A suspension always has an end.
    """

    action: Literal["warn", "premoderate", "suspend", "ban", "lift"]
    seen: Under
    reason: str | None = None
    hours: Annotated[int, Field(ge=1, le=_MAX_HOURS)] | None = None
    until: AwareDatetime | None = None
    words: Words | None = None
    note: Words | None = None


class RemovalIn(In):
    """Why all of a reader's comments are taken down: a reason of the site's rules, and words to their author."""

    reason: str
    note: Words | None = None


class PastOut(Out):
    """What was laid on a reader, or lifted. `acknowledged_at`: the reader has read the warning."""

    id: str
    kind: Literal["warned", "premoderated", "suspended", "banned", "lifted"]
    at: datetime
    until: datetime | None
    reason: str | None
    reason_text: str | None
    words: str | None
    by_appeal: bool
    acknowledged_at: datetime | None
    withdrawn_at: datetime | None
    staff: PersonOut | None


class StrikeOut(Out):
    """A comment that a person rejected for a rule, lately; all of one `batch_id` count as one."""

    comment_id: str
    batch_id: str | None
    reason: str
    reason_text: str
    created_at: datetime
    expires_at: datetime


class StrikesOut(Out):
    """`count` of `limit` within `days`; `suggests` what a person might do next, and nothing does by itself."""

    count: int
    limit: int
    days: int
    suggests: Literal["warn", "suspend", "ban"] | None
    items: list[StrikeOut]


class HintOut(Out):
    """Somebody under a sanction whom this reader may be: the same `network` (with `shared_by` readers), `mail` address, or a
    look-alike `name`. It proves nothing.
    """

    kind: Literal["network", "mail", "name"]
    seen_at: datetime
    shared_by: int | None
    sanction: Under
    reader: PersonOut


class BatchOut(Out):
    """An act on all of a reader's comments, or on those that were picked: it goes on while `state` is doing or undoing.

    Of those `skipped`, somebody else had decided on `overtaken` and was looking at `claimed`; the others wait for a lead, a
    second person or an appeal.
    """

    id: str
    reader_id: str | None
    action: Literal["publish", "reject"]
    reason: str | None
    reason_text: str
    state: Literal["doing", "done", "undoing", "undone"]
    total: int
    decided: int
    skipped: int
    overtaken: int
    claimed: int
    taken_back: int
    created_at: datetime
    staff: PersonOut | None = None


class ReaderOut(PersonOut):
    """All that is known of a reader. `counts` has their comments by status."""

    guest: bool
    created_at: datetime
    sanction: Under
    sanctioned_until: datetime | None
    counts: dict[str, int]
    history: list[PastOut]
    strikes: StrikesOut
    hints: list[HintOut]
    notes: list[NoteOut]
    batches: list[BatchOut]
