"""The help pages' words for what readers choose and what becomes of their tickets."""

from collections.abc import Mapping

from service.store.ticket_states import State

CATEGORIES: Mapping[str, str] = {
    "cannot_post": "I cannot post a comment",
    "comment_missing": "My comment does not appear",
    "comment_rejected": "My comment was not published",
    "sign_in": "Signing in, or my name",
    "display": "The comments do not load, or look wrong",
    "report_abuse": "A comment that should not be there",
    "illegal": "Illegal content",
    "privacy": "My data",
    "other": "Something else",
}

STATES: Mapping[State, str] = {
    State.RECEIVED: "Received. Nobody has looked at it yet.",
    State.DIAGNOSED: "Received. Nobody has looked at it yet.",
    State.SELF_SOLVED: "Solved, as you said. If it is not, write back below and it is open again.",
    State.OPEN: "Open. Somebody will look at it.",
    State.WAITING_READER: "Answered. You can write back below.",
    State.IN_PROGRESS: "Somebody is working on it.",
    State.RESOLVED: "Resolved. If it is not, write back below and it is open again.",
    State.CLOSED: "Closed. If there is something new, please send us a new message.",
    State.MERGED: "You wrote to us twice about this: we answer on the other message.",
    State.LINKED: "Others have the same trouble. We know, are working on it, and will answer here.",
    State.HANDED_OVER: "Somebody who did not decide before looks at your comment again. The outcome will stand here.",
    # Whoever is taken for a program reads what everybody reads at first.
    State.SPAM: "Received. Nobody has looked at it yet.",
}

# What became of the appeal that a ticket was handed over as.
APPEALS: Mapping[str, str] = {
    "open": "Your appeal is before somebody who had no part in the decision.",
    "overturned": "You were right to appeal: the decision was overturned.",
    "upheld": "Somebody who had no part in it has looked again, and the decision stands.",
    "withdrawn": "The appeal ended when the comment was deleted.",
}
