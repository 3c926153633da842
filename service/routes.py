"""The whole API: one line a call."""

from service import help as help_flow
from service import staff
from service.auth import Permission
from service.endpoint import Route
from service.identity import own_data, sign_in, sso
from service.reader import (
    accounts,
    appeals,
    config,
    counts,
    following,
    own,
    restrictions,
    shapes,
    streams,
    taking_part,
    threads,
    writing,
)

BASE = "/api/v1"
ANYONE, READERS = Permission.ANYONE, Permission.READER
_SITE = "/sites/{site}"
_ARTICLE = "/sites/{site}/articles/{article}"
_COMMENT = "/sites/{site}/comments/{id}"

# fmt: off
READER = [
    Route("GET",    f"{_SITE}/config",       config.get_config,          ANYONE, "What a widget needs to know", gives=shapes.ConfigOut),
    Route("POST",   f"{_SITE}/guests",       accounts.create_guest,      ANYONE, "Come as a guest", "guest", 201, shapes.SessionOut, creates=True),
    Route("POST",   f"{_SITE}/tokens",       accounts.refresh,           ANYONE, "Refresh the tokens", "token", 200, shapes.SessionOut),
    Route("POST",   f"{_SITE}/tokens/revocation", accounts.sign_out,     ANYONE, "Sign out", "token", 204),
    Route("POST",   f"{_SITE}/sso",          sso.sign_in,                ANYONE, "Trade a publisher's token for a session", "token", 200, shapes.SessionOut),
    Route("POST",   f"{_SITE}/sign-ins",     sign_in.begin,              ANYONE, "Begin to sign in, in a window", "sign_in", 201, sign_in.BegunOut),
    Route("POST",   f"{_SITE}/sign-ins/session", sign_in.collect,        ANYONE, "Open the session of whoever signed in", "token", 200, shapes.SessionOut),
    Route("GET",    f"{_SITE}/counts",       counts.list_counts,         ANYONE, "How many comments articles have", gives=shapes.CountsOut),
    Route("GET",    f"{_ARTICLE}/comments",  threads.list_comments,      ANYONE, "Read a thread", gives=shapes.ThreadOut),
    Route("POST",   f"{_ARTICLE}/comments",  writing.create_comment,     READERS, "Post a comment", "comment", 201, shapes.CommentOut, creates=True),
    Route("GET",    f"{_ARTICLE}/events",    streams.article_events,     ANYONE, "Follow a thread live", streams=True),
    Route("GET",    _COMMENT,                threads.get_comment,        ANYONE, "Read one comment", gives=shapes.CommentOut),
    Route("PATCH",  _COMMENT,                writing.edit_comment,       READERS, "Edit one's comment", "edit", 200, shapes.CommentOut, changes=True),
    Route("DELETE", _COMMENT,                writing.delete_comment,     READERS, "Delete one's comment", "edit", 204),
    Route("POST",   f"{_COMMENT}/review",    writing.send_to_review,     READERS, "Send a comment to people as it is", "edit", 200, shapes.CommentOut),
    Route("GET",    f"{_COMMENT}/replies",   threads.list_replies,       ANYONE, "Read what lies below a comment", gives=shapes.ListOut),
    Route("PUT",    f"{_COMMENT}/vote",      taking_part.put_vote,       READERS, "Vote", "vote", 200, shapes.OwnVoteOut),
    Route("DELETE", f"{_COMMENT}/vote",      taking_part.delete_vote,    READERS, "Withdraw one's vote", "vote", 200, shapes.OwnVoteOut),
    Route("POST",   f"{_COMMENT}/reports",   taking_part.report,         READERS, "Report a comment", "report", 201, shapes.ReportedOut, creates=True),
    Route("POST",   f"{_COMMENT}/appeal",    appeals.appeal_comment,     READERS, "Appeal what keeps one's comment from readers", "appeal", 201, shapes.OwnAppealOut, creates=True),
    Route("GET",    f"{_COMMENT}/statement", appeals.get_statement,      READERS, "Why one's comment is kept from readers", gives=appeals.StatementOut),
    Route("DELETE", f"{_SITE}/me",           own_data.erase,             READERS, "Erase one's account and all that one wrote", "account", 204, deadline_s=30),
    Route("GET",    f"{_SITE}/me/data",      own_data.get_data,          READERS, "Everything that is held about one", "account", sends=("application/json", "text/csv")),
    Route("DELETE", f"{_SITE}/me/sessions",  accounts.sign_out_everywhere, READERS, "Sign out everywhere", status=204),
    Route("POST",   f"{_SITE}/me/account-links", own_data.make_link,     READERS, "A link to the account's own page", "account", 201, own_data.AccountLinkOut),
    Route("GET",    f"{_SITE}/me/sanction",  appeals.get_sanction,       READERS, "The restriction on one's account", gives=appeals.OwnSanctionOut),
    Route("POST",   f"{_SITE}/me/sanction/appeal", appeals.appeal_sanction, READERS, "Appeal the restriction on one's account", "appeal", 201, shapes.OwnAppealOut, creates=True),
    Route("GET",    f"{_SITE}/me/warnings",  restrictions.list_warnings, READERS, "Warnings that one has not read", gives=shapes.WarningsOut),
    Route("POST",   f"{_SITE}/me/warnings/{{id}}/acknowledgement", restrictions.acknowledge, READERS, "Say that one has read a warning", status=204),
    Route("GET",    f"{_SITE}/me/comments",  own.list_own,               READERS, "One's own comments, in every status", gives=shapes.ListOut),
    Route("GET",    f"{_SITE}/me/mail",      following.get_mail,         READERS, "What one is told by mail", gives=following.MailOut),
    Route("DELETE", f"{_SITE}/me/mail",      following.delete_mail,      READERS, "No more mail", "mail", 204),
    Route("PUT",    f"{_ARTICLE}/mail",      following.put_mail,         READERS, "Ask for mail about a thread and answers", "mail", 200, following.MailOut),
    Route("GET",    f"{_SITE}/me/mutes",     taking_part.list_mutes,     READERS, "Whom one has muted", gives=shapes.MutesOut),
    Route("PUT",    f"{_SITE}/me/mutes/{{id}}", taking_part.put_mute,    READERS, "Mute a reader", "vote", 204),
    Route("DELETE", f"{_SITE}/me/mutes/{{id}}", taking_part.delete_mute, READERS, "Unmute a reader", "vote", 204),
    Route("GET",    f"{_SITE}/me/votes",     own.list_own_votes,         READERS, "One's own votes", gives=shapes.OwnVotesOut),
]
# fmt: on

ROUTES: list[Route] = [*READER, *help_flow.ROUTES, *staff.ROUTES]
