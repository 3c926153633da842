"""What readers' calls take and give. The limits stand in the columns' constraints too, a little wider."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from moderation.appeals import AppealState
from service.parsing import In, Out
from service.store.threads import Sort

MAX_BODY = 10_000
MAX_NAME = 50

Text = Annotated[str, StringConstraints(min_length=1, max_length=2 * MAX_BODY)]


class GuestIn(In):
    """Somebody who comments under a name of their choice."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class TokenIn(In):
    """A refresh token, good for one use; null where a cookie carries it."""

    refresh_token: Annotated[str, StringConstraints(min_length=20, max_length=200)] | None = None


class LeaveIn(TokenIn):
    """The refresh token of the session that ends; null where a cookie carries it."""


class CommentIn(In):
    """A comment to be posted; `article_url` and `article_title` describe the page, when it is the first. With `nudge` its
    author is asked to put it differently, where it would be held for its tone.
    """

    body: Text
    parent_id: Annotated[str, StringConstraints(min_length=1, max_length=32)] | None = None
    article_url: Annotated[str, StringConstraints(max_length=2000)] | None = None
    article_title: Annotated[str, StringConstraints(max_length=500)] | None = None
    nudge: bool = False


class EditIn(In):
    """A comment's new text."""

    body: Text


class VoteIn(In):
    """A vote: up (1) or down (-1)."""

    value: Literal[1, -1]


class ReportIn(In):
    """Why a comment should be looked at."""

    reason: Literal["abuse", "harassment", "hate", "spam", "off_topic", "illegal", "other"]
    detail: Annotated[str, StringConstraints(max_length=2000)] | None = None


class PageQuery(In):
    """Which page of a thread."""

    sort: Sort = Sort.NEWEST
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 25


class CountsQuery(In):
    """The keys of up to 100 articles."""

    article: Annotated[
        list[Annotated[str, StringConstraints(min_length=1, max_length=512)]],
        Field(min_length=1, max_length=100),
    ]


class ListQuery(In):
    """Which page of a list."""

    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 25


class OwnQuery(ListQuery):
    """Own comments, of one article if named."""

    article: Annotated[str, StringConstraints(min_length=1, max_length=512)] | None = None


class OwnVotesQuery(In):
    """Own votes on one article's comments."""

    article: Annotated[str, StringConstraints(min_length=1, max_length=512)]


class ReaderOut(Out):
    """A reader as others see them."""

    id: str
    name: str


class SessionOut(Out):
    """A reader's tokens; `expires_in` is in seconds. No `refresh_token` where a cookie carries it."""

    access_token: str
    expires_in: int
    refresh_token: str | None
    reader: ReaderOut


class AuthorOut(ReaderOut):
    """Who wrote a comment."""

    avatar_url: str | None
    badges: list[str]


class VotesOut(Out):
    """Counts of votes."""

    up: int
    down: int


class OwnVoteOut(Out):
    """A comment's votes after one's own."""

    votes: VotesOut
    own: int | None


class ReasonOut(Out):
    """Why a comment is not published, in words for its author."""

    code: str
    text: str
    start: int | None = None
    end: int | None = None


class OwnAppealOut(Out):
    """The author's appeal; `due_at` is when it ought to be decided."""

    state: AppealState
    created_at: datetime
    due_at: datetime
    decided_at: datetime | None


class CommentOut(Out):
    """A comment. `body`, `reasons`, `note` and what is said of appeals are for its author only."""

    id: str
    parent_id: str | None
    root_id: str
    depth: int
    author: AuthorOut | None
    html: str | None
    created_at: datetime
    edited_at: datetime | None
    status: Literal["pending", "published", "held", "rejected", "deleted", "removed"]
    votes: VotesOut
    reply_count: int
    revision: int
    # Set apart by staff.
    pinned: bool
    featured: bool
    replies: "ListOut | None" = None
    body: str | None = None
    # Held for its tone alone: its author may put it differently or send it to people, who see it a little later in any case.
    rephrase: bool | None = None
    reasons: list[ReasonOut] | None = None
    note: str | None = None
    appeal: OwnAppealOut | None = None
    # What keeps it from readers can be appealed until then; null: it cannot.
    appeal_until: datetime | None = None


class ListOut(Out):
    """One page of a list of comments; `next` is the cursor of the page after it."""

    items: list[CommentOut]
    next: str | None


class ArticleOut(Out):
    """The page that a thread belongs to; `version` moves with every visible change."""

    key: str
    title: str | None
    url: str | None
    state: Literal["open", "closed"]
    comment_count: int
    version: int
    # Comments that staff set apart, which `sort=featured` gives.
    featured_count: int


class ThreadOut(Out):
    """One page of a thread."""

    article: ArticleOut
    comments: list[CommentOut]
    next: str | None


class CountsOut(Out):
    """Numbers of published comments by the article's key."""

    counts: dict[str, int]


class OwnVotesOut(Out):
    """Own votes by the comment's id."""

    votes: dict[str, int]


class MutesOut(Out):
    """Whom the caller has muted."""

    muted: list[ReaderOut]


class ReportedOut(Out):
    """A report that was taken."""

    id: str


class LimitsOut(Out):
    """Lengths in characters, times in seconds."""

    body: int
    name: int
    edit_window_s: int


class SiteOut(Out):
    """A site's name."""

    key: str
    name: str


class ConfigOut(Out):
    """What a widget needs to know; `usual_wait_s` is the median time that people took to decide lately, if known;
    `trouble_since` is set while something is broken for many.
    """

    site: SiteOut
    limits: LimitsOut
    guests_allowed: bool
    # Ways to sign in other than by a name.
    sign_in: list[Literal["sso", "mail", "oidc"]]
    # Up and down, up alone, or not at all.
    voting: Literal["both", "up", "off"]
    # Answers can be told by mail.
    mail: bool
    usual_wait_s: int | None
    help_url: str
    help_email: str | None
    trouble_since: datetime | None
    build: str


class WarningOut(Out):
    """A warning to a reader: the rule that it is about, by its title, and words from a moderator."""

    id: str
    reason: str
    text: str
    words: str | None


class WarningsOut(Out):
    """Warnings that a reader has not acknowledged, the oldest first."""

    items: list[WarningOut]
