"""Why a comment was held, rejected or published: codes, the words for them, and how they are stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, NamedTuple

import orjson


class ReasonCode(StrEnum):
    """What speaks against a comment. The machine's first, then the rules of the house, which people name."""

    LIKELY_TOXIC = "likely_toxic"
    BANNED_WORD = "banned_word"
    SUSPECT_WORD = "suspect_word"
    BLOCKED_LINK = "blocked_link"
    LINK = "link"
    TOO_MANY_LINKS = "too_many_links"
    REPEAT = "repeat"
    FLOOD = "flood"
    NEW_READER = "new_reader"
    POOR_RECORD = "poor_record"
    PRE_MODERATED = "pre_moderated"
    ARTICLE_CLOSED = "article_closed"
    SANCTION = "sanction"
    REPORTED = "reported"
    EDITED = "edited"
    UNSCORED = "unscored"
    UNCHECKED = "unchecked"

    PERSONAL_ATTACK = "personal_attack"
    HARASSMENT = "harassment"
    HATE = "hate"
    THREAT = "threat"
    SEXUAL = "sexual"
    PROFANITY = "profanity"
    PRIVACY = "privacy"
    ILLEGAL = "illegal"
    MISINFORMATION = "misinformation"
    IMPERSONATION = "impersonation"
    SPAM = "spam"
    OFF_TOPIC = "off_topic"
    OTHER = "other"
    WITHIN_RULES = "within_rules"

    @property
    def for_staff(self) -> str:
        """A title of a few words, for moderators."""
        return _WORDS[self].staff

    @property
    def for_author(self) -> str:
        """A sentence or two for the comment's author: plain, kind, without scores."""
        return _WORDS[self].author


class _Words(NamedTuple):
    staff: str
    author: str


# What a person may reject a comment for, and what a reader may report one for, in the order they are offered.
HOUSE_RULES: tuple[ReasonCode, ...] = (
    ReasonCode.PERSONAL_ATTACK,
    ReasonCode.HARASSMENT,
    ReasonCode.HATE,
    ReasonCode.THREAT,
    ReasonCode.SEXUAL,
    ReasonCode.PROFANITY,
    ReasonCode.PRIVACY,
    ReasonCode.ILLEGAL,
    ReasonCode.MISINFORMATION,
    ReasonCode.IMPERSONATION,
    ReasonCode.SPAM,
    ReasonCode.OFF_TOPIC,
    ReasonCode.OTHER,
)

_WORDS: Mapping[ReasonCode, _Words] = {
    ReasonCode.LIKELY_TOXIC: _Words(
        "Likely toxic",
        "The wording may come across as hostile. Our software can be wrong about that, so a person looks at it.",
    ),
    ReasonCode.BANNED_WORD: _Words("Banned word", "It contains a word that is not used in these comments."),
    ReasonCode.SUSPECT_WORD: _Words(
        "Word to look at", "It contains a word that is often used against people, so a person looks at it."
    ),
    ReasonCode.BLOCKED_LINK: _Words(
        "Link to a blocked site", "It links to a site that may not be linked from here."
    ),
    ReasonCode.LINK: _Words(
        "Link from a new reader", "Links in a reader's first comments are looked at by a person."
    ),
    ReasonCode.TOO_MANY_LINKS: _Words("Many links", "Comments with several links are looked at by a person."),
    ReasonCode.REPEAT: _Words("Posted before", "You have posted the same text before."),
    ReasonCode.FLOOD: _Words(
        "Many comments at once",
        "You have posted many comments in a short time, so this one waits for a person.",
    ),
    ReasonCode.NEW_READER: _Words(
        "New reader", "The first comments of every reader are looked at by a person."
    ),
    ReasonCode.POOR_RECORD: _Words(
        "Often rejected before", "Several of your comments were rejected, so a person looks at this one."
    ),
    ReasonCode.PRE_MODERATED: _Words(
        "Pre-moderated", "All comments here are looked at by a person before they appear."
    ),
    ReasonCode.ARTICLE_CLOSED: _Words(
        "Commenting closed", "Commenting on this article was closed before your comment could appear."
    ),
    ReasonCode.SANCTION: _Words(
        "Author under a restriction", "There is a restriction on your account. You can read why, and appeal."
    ),
    ReasonCode.REPORTED: _Words("Reported by readers", "Readers have reported it, so a person looks at it."),
    ReasonCode.EDITED: _Words("Edited", "Edited comments are looked at again before the new text appears."),
    ReasonCode.UNSCORED: _Words(
        "Not scored",
        "Our automatic check is not available right now. Your comment is safe and waits its turn.",
    ),
    ReasonCode.UNCHECKED: _Words(
        "Word rules not run", "Our automatic check could not read it, so a person looks at it."
    ),
    ReasonCode.PERSONAL_ATTACK: _Words(
        "Personal attack", "It attacks a person instead of what was said or done."
    ),
    ReasonCode.HARASSMENT: _Words("Harassment", "It pursues or intimidates somebody."),
    ReasonCode.HATE: _Words("Hate", "It demeans people for what they are or believe."),
    ReasonCode.THREAT: _Words("Threat or call for violence", "It threatens somebody or calls for violence."),
    ReasonCode.SEXUAL: _Words("Sexual content", "It contains sexual content that has no place here."),
    ReasonCode.PROFANITY: _Words("Foul language", "Its language is coarser than we accept here."),
    ReasonCode.PRIVACY: _Words("Private information", "It shares private information about somebody."),
    ReasonCode.ILLEGAL: _Words("Against the law", "We may not publish it under the law."),
    ReasonCode.MISINFORMATION: _Words(
        "False claim of fact", "It states something as fact that is known to be false and may do harm."
    ),
    ReasonCode.IMPERSONATION: _Words("Impersonation", "It pretends to come from somebody else."),
    ReasonCode.SPAM: _Words("Spam or advertising", "It reads as advertising, or is posted in many places."),
    ReasonCode.OFF_TOPIC: _Words("Off topic", "It is not about this article."),
    ReasonCode.OTHER: _Words("Other", "It is against the rules of these comments."),
    ReasonCode.WITHIN_RULES: _Words("Within the rules", "A person looked at it and found nothing wrong."),
}

_CODES: Mapping[Any, ReasonCode] = {str(code): code for code in ReasonCode}


@dataclass(frozen=True, slots=True)
class Reason:
    """One signal behind a verdict.

    `label` says which kind: the classifier's label, the word list's name, the link's domain, the sanction. `score` is
    what was seen (0 to 1 for a classifier, a count otherwise) and `threshold` where the policy draws the line.
    `start` and `end` are offsets into the text as its author wrote it, in code points.
    """

    code: ReasonCode
    label: str | None = None
    score: float | None = None
    threshold: float | None = None
    start: int | None = None
    end: int | None = None

    @property
    def named(self) -> str:
        """What a policy calls it by."""
        return str(self.code)

    def to_json(self) -> dict[str, Any]:
        """The reason as it is stored and as moderators get it; what is not known is left out."""
        named = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: str(value) if name == "code" else value for name, value in named if value is not None}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Reason":
        """The reason from its stored form; a code that no longer exists reads as `other`, for old decisions stay readable."""
        known = {field.name: data.get(field.name) for field in fields(cls)}
        code = _CODES.get(known.pop("code"), ReasonCode.OTHER)
        return cls(code, **known)


def dump_reasons(reasons: Iterable[Reason]) -> str:
    """Reasons as the JSON text that is stored."""
    return orjson.dumps([reason.to_json() for reason in reasons]).decode()
