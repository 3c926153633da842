"""The whole API: one line a call."""

from service import help as help_flow
from service import staff
from service.auth import Permission as P
from service.endpoint import Route
from service.reader import accounts, config, own, shapes, streams, taking_part, threads, writing

BASE = "/api/v1"
_SITE = "/sites/{site}"
_ARTICLE = "/sites/{site}/articles/{article}"
_COMMENT = "/sites/{site}/comments/{id}"

# fmt: off
READER = [
    Route("GET",    f"{_SITE}/config",       config.get_config,          P.ANYONE, "What a widget needs to know", gives=shapes.ConfigOut),
    Route("POST",   f"{_SITE}/guests",       accounts.create_guest,      P.ANYONE, "Come as a guest", "guest", 201, shapes.SessionOut, creates=True),
    Route("POST",   f"{_SITE}/tokens",       accounts.refresh,           P.ANYONE, "Refresh the tokens", "token", 200, shapes.SessionOut),
    Route("GET",    f"{_ARTICLE}/comments",  threads.list_comments,      P.ANYONE, "Read a thread", gives=shapes.ThreadOut),
    Route("POST",   f"{_ARTICLE}/comments",  writing.create_comment,     P.READER, "Post a comment", "comment", 201, shapes.CommentOut, creates=True),
    Route("GET",    f"{_ARTICLE}/events",    streams.article_events,     P.ANYONE, "Follow a thread live", streams=True),
    Route("GET",    _COMMENT,                threads.get_comment,        P.ANYONE, "Read one comment", gives=shapes.CommentOut),
    Route("PATCH",  _COMMENT,                writing.edit_comment,       P.READER, "Edit one's comment", "edit", 200, shapes.CommentOut, changes=True),
    Route("DELETE", _COMMENT,                writing.delete_comment,     P.READER, "Delete one's comment", "edit", 204),
    Route("GET",    f"{_COMMENT}/replies",   threads.list_replies,       P.ANYONE, "Read what lies below a comment", gives=shapes.ListOut),
    Route("PUT",    f"{_COMMENT}/vote",      taking_part.put_vote,       P.READER, "Vote", "vote", 200, shapes.OwnVoteOut),
    Route("DELETE", f"{_COMMENT}/vote",      taking_part.delete_vote,    P.READER, "Withdraw one's vote", "vote", 200, shapes.OwnVoteOut),
    Route("POST",   f"{_COMMENT}/reports",   taking_part.report,         P.READER, "Report a comment", "report", 201, shapes.ReportedOut, creates=True),
    Route("GET",    f"{_SITE}/me/comments",  own.list_own,               P.READER, "One's own comments, in every status", gives=shapes.ListOut),
    Route("GET",    f"{_SITE}/me/votes",     own.list_own_votes,         P.READER, "One's own votes", gives=shapes.OwnVotesOut),
]
# fmt: on

ROUTES: list[Route] = [*READER, *help_flow.ROUTES, *staff.ROUTES]
