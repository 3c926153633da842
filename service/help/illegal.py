"""A notice of illegal content, as Article 16 of the EU's Digital Services Act has it: by anybody, without an account.

It is a ticket, so that whoever sent it gets a receipt and the outcome; the comment it names goes before people.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from service.help.diagnostics import clean_text
from service.help.intake import EMAIL, MAX_EMAIL

KINDS: Mapping[str, str] = {
    "hate": "Illegal hate speech",
    "threat": "Threats or incitement to violence",
    "defamation": "Defamation or insult",
    "privacy": "Breach of privacy or data protection",
    "child_abuse": "Sexual abuse or exploitation of children",
    "terrorism": "Terrorist content",
    "property": "Copyright or trade marks",
    "fraud": "Fraud, or illegal goods and services",
    "other": "Another law",
}
# Of these offences nobody needs to say who they are.
NAMELESS = frozenset({"child_abuse"})
MAX_WHY = 2000
MAX_LAW = 500
MAX_NAME = 200
_EMAIL = re.compile(EMAIL)
_COMMENT = re.compile(r"(?:parley-|/conversations/[a-z0-9-]+/|^)(\d{1,19})$")


@dataclass(frozen=True, slots=True)
class Notice:
    """What was typed into the form, cleaned; `errors` says what is missing, by field."""

    comment: str = ""
    kind: str = ""
    law: str = ""
    why: str = ""
    name: str = ""
    email: str = ""
    good_faith: bool = False

    @classmethod
    def read(cls, fields: Mapping[str, object]) -> "Notice":
        """Read a form's fields, or a query string that fills them in."""

        def text(name: str, limit: int) -> str:
            value = fields.get(name)
            return clean_text(value)[: 4 * limit].strip() if isinstance(value, str) else ""

        kind = text("kind", 20)
        return cls(
            comment=text("comment", 500),
            kind=kind if kind in KINDS else "",
            law=text("law", MAX_LAW),
            why=text("why", MAX_WHY),
            name=text("name", MAX_NAME),
            email=text("email", MAX_EMAIL),
            good_faith=bool(fields.get("good_faith")),
        )

    @property
    def comment_id(self) -> str | None:
        """The number in the comment's address, or by itself."""
        found = _COMMENT.search(self.comment.rstrip("/"))
        return found[1] if found else None

    def errors(self) -> dict[str, str]:
        """What is missing or wrong, by field."""
        lengths = {
            name: f"This is {len(text):,} characters long; {limit:,} fit."
            for name, text, limit in (
                ("why", self.why, MAX_WHY),
                ("law", self.law, MAX_LAW),
                ("name", self.name, MAX_NAME),
            )
            if len(text) > limit
        }
        return self._missing() | lengths

    def _missing(self) -> dict[str, str]:
        nameless = self.kind in NAMELESS
        mistyped = bool(self.email) and (len(self.email) > MAX_EMAIL or not _EMAIL.match(self.email))
        checks = (
            (
                "comment",
                self.comment_id is None,
                "Paste the comment’s address: “Share” at the comment gives it.",
            ),
            ("kind", not self.kind, "Choose what comes closest."),
            ("why", not self.why, "Say why you hold it to be illegal."),
            ("name", not self.name and not nameless, "Give your name, or that of the body you speak for."),
            ("email", not self.email and not nameless, "Give an address that we can answer to."),
            ("email", mistyped, "This does not look like an e-mail address."),
            ("good_faith", not self.good_faith, "We need this statement."),
        )
        return {name: words for name, wrong, words in checks if wrong}

    def message(self) -> str:
        """The ticket's text."""
        parts = [
            f"Notice of illegal content: {KINDS[self.kind]}",
            f"Law: {self.law}" if self.law else "",
            self.why,
            f"From: {self.name}" if self.name else "From somebody who gave no name",
            "Stated in good faith that this is accurate and complete.",
        ]
        return "\n\n".join(part for part in parts if part)
