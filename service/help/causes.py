"""Why a reader may be unable to comment: one table of causes, with the words for each and the one thing to do.

The widget has the same table (widget/causes.ts, strings_help.ts); tests/unit/test_help_causes.py holds the two together, words
included. What is in braces is filled in with what was found.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Fault(StrEnum):
    """On whose side the cause lies."""

    READER = "reader"
    SITE = "site"
    SERVICE = "service"
    # Nothing is broken: a rule was applied, or something takes its time.
    RULE = "rule"


class Cause(NamedTuple):
    """What is the matter, in the reader's words, and the one thing to do about it."""

    fault: Fault
    what: str
    todo: str


CAUSES: Mapping[str, Cause] = {
    "storage": Cause(
        Fault.READER,
        "Your browser keeps this page from storing anything, so your name and drafts are lost when you leave.",
        "You can post all the same. To stay known here, allow this page to store data.",
    ),
    "blocked": Cause(
        Fault.READER,
        "Something in your browser or network, such as a content blocker, keeps the comments out.",
        "Allow {host} there, then reload the page.",
    ),
    "csp": Cause(
        Fault.SITE,
        "This page's own security rules keep the comments out. That is the site's mistake, not yours.",
        "Please send us a few words below, so that the site hears of it.",
    ),
    "origin": Cause(
        Fault.SITE,
        "This page is not on the list of pages that may take comments. That is the site's mistake, and it has been told.",
        "Please come back later. Your draft is kept here.",
    ),
    "no_scripts": Cause(
        Fault.READER,
        "JavaScript is off, and the comments need it.",
        "Allow JavaScript for this page, or write to us here.",
    ),
    "crash": Cause(
        Fault.SERVICE,
        "The comments stumbled over a mistake of ours.",
        "Reload the page. Your draft is kept.",
    ),
    "old_browser": Cause(
        Fault.READER,
        "Your browser is too old for the comments.",
        "Use Chrome or Edge from version 111, Firefox from 115, or Safari from 16.4.",
    ),
    "offline": Cause(
        Fault.READER,
        "Your device is offline.",
        "Your text is safe here, and is sent when you are online again.",
    ),
    "network": Cause(
        Fault.READER,
        "Your connection lets nothing through at the moment.",
        "Check your network: a sign-in page, a VPN or a proxy may be in the way. Your text is safe here.",
    ),
    "session_over": Cause(
        Fault.READER,
        "You are not signed in any more.",
        "Give your name or sign in again, then send. Your draft is kept.",
    ),
    "token_wrong": Cause(
        Fault.SITE,
        "The site signs you in with something that we cannot accept. That is the site's mistake, and it has been told.",
        "Please come back later. Your draft is kept here.",
    ),
    "clock": Cause(
        Fault.READER,
        "Your device's clock is wrong by {time}.",
        "Set it to the right time, then reload the page.",
    ),
    "email_unverified": Cause(
        Fault.READER,
        "Your e-mail address is not confirmed yet.",
        "Open the link in our mail, or ask the site for another one.",
    ),
    "name": Cause(Fault.READER, "The name is missing, or cannot be used here.", "Choose another name."),
    "rate_limited": Cause(
        Fault.RULE,
        "You have done this very often in a short time.",
        "Wait {time}, then send it again. Your text is safe here.",
    ),
    "sanctioned": Cause(
        Fault.RULE,
        "There is a restriction on your account, so you cannot comment at the moment.",
        "If you think that this is wrong, write to us below: somebody else will look at it.",
    ),
    "closed": Cause(
        Fault.RULE,
        "Commenting on this article is closed.",
        "You can still read here, and comment on other articles.",
    ),
    "not_entitled": Cause(
        Fault.RULE,
        "This site takes comments from readers who are signed in.",
        "Sign in on the site, then come back.",
    ),
    "held": Cause(
        Fault.RULE,
        "Your comment is safe. It waits to be read before it appears.",
        "There is nothing to do: it will appear, or you will read why it does not.",
    ),
    "rejected": Cause(
        Fault.RULE,
        "Your comment was not published.",
        "If you think that this is wrong, write to us below: somebody else will look at it.",
    ),
    "text_refused": Cause(
        Fault.RULE,
        "Something in your text is not taken here.",
        "Change the part that is marked, then send it again.",
    ),
    "rephrase": Cause(
        Fault.RULE,
        "You were asked to put it in other words.",
        "Edit your comment, or send it to be read as it is.",
    ),
    "duplicate": Cause(
        Fault.RULE,
        "You have posted the same text before.",
        "It is there already: look for the first one.",
    ),
    "parent_gone": Cause(
        Fault.RULE,
        "The comment that you reply to is not there any more.",
        "Post yours as a comment of its own.",
    ),
    "edit_over": Cause(
        Fault.RULE,
        "The time to edit this comment is over.",
        "Write a reply to it instead.",
    ),
    "challenge": Cause(
        Fault.READER,
        "The check that you are a person did not succeed.",
        "Try it once more with another one.",
    ),
    "muted": Cause(Fault.READER, "You have muted who wrote this.", "Unmute them to read it."),
    "stale": Cause(
        Fault.READER,
        "This page holds an older version of the comments.",
        "Reload the page. Your draft is kept.",
    ),
    "outage": Cause(
        Fault.SERVICE,
        "We have trouble ourselves at the moment, and know of it.",
        "Your text is safe here. Try again in a few minutes.",
    ),
    "unknown": Cause(
        Fault.SERVICE,
        "We have found nothing wrong so far.",
        "Tell us below what happened: a person will look at it.",
    ),
}

# What each refusal of the API is a sign of (a code of problems.py, or of the widget's own for calls without an answer).
BY_CODE: Mapping[str, str] = {
    "offline": "offline",
    "request_timeout": "network",
    "unavailable": "outage",
    "internal": "outage",
    "token_expired": "session_over",
    "refresh_refused": "session_over",
    "unauthenticated": "session_over",
    "sso_expired": "session_over",
    "link_over": "session_over",
    "token_refused": "token_wrong",
    "sso_issuer": "token_wrong",
    "sso_audience": "token_wrong",
    "sso_key": "token_wrong",
    "sso_clock": "token_wrong",
    "sso_refused": "token_wrong",
    "origin_refused": "origin",
    "forbidden": "not_entitled",
    "guests_refused": "not_entitled",
    "rate_limited": "rate_limited",
    "sanctioned": "sanctioned",
    "warned": "sanctioned",
    "article_closed": "closed",
    "duplicate": "duplicate",
    "parent_gone": "parent_gone",
    "edit_window_over": "edit_over",
    "too_large": "text_refused",
    "email_unverified": "email_unverified",
    "challenge_failed": "challenge",
    "rephrase": "rephrase",
    "muted": "muted",
}
