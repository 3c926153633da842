"""Forms that work without scripts: what they carry to tell people from programs, and what was typed into them."""

import base64
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from service.help.diagnostics import clean_text
from service.help.intake import CATEGORIES, EMAIL, MAX_EMAIL, MAX_MESSAGE
from service.tokens import Signer

# A form left open longer is asked to be sent again, with all that was typed.
_GOOD_FOR_S = 24 * 3600
# Nobody reads and fills in a form in less.
_HASTE_S = 1.5
TRAP = "website"
_EMAIL = re.compile(EMAIL)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a form carries: when it was made, a nonce that makes its sending idempotent, and proof of both."""

    nonce: str
    age_s: float

    @property
    def hasty(self) -> bool:
        """Sent sooner than a person could."""
        return self.age_s < _HASTE_S


def make_stamp(signer: Signer, site: str) -> str:
    """A stamp for a new form of a site."""
    body = f"{int(signer.clock.now() * 1000)}.{secrets.token_hex(12)}"
    return f"{body}.{_proof(signer.macs('form', f'{site}.{body}')[0])}"


def read_stamp(signer: Signer, site: str, text: str) -> Stamp | None:
    """The stamp of a form that comes back; None if it is not ours, or too old."""
    body, _, proof = text.rpartition(".")
    made, _, nonce = body.partition(".")
    expected = [_proof(mac) for mac in signer.macs("form", f"{site}.{body}")]
    if not proof.isascii() or not any(hmac.compare_digest(proof, good) for good in expected):
        return None
    age = signer.clock.now() - int(made) / 1000
    return Stamp(nonce, age) if age < _GOOD_FOR_S else None


def _proof(mac: bytes) -> str:
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the form, cleaned; `errors` says what is wrong, by field."""

    category: str = ""
    message: str = ""
    email: str = ""
    article: str = ""
    comment_id: str = ""
    error: str = ""
    trapped: bool = False

    @classmethod
    def read(cls, fields: Mapping[str, object]) -> "Typed":
        """Read a form's fields, or a query string that fills them in."""

        def text(name: str, limit: int) -> str:
            value = fields.get(name)
            # Longer than allowed is kept, so that it can be shown and shortened, but not without bound.
            return clean_text(value)[: 4 * limit].strip() if isinstance(value, str) else ""

        category = text("category", 40)
        return cls(
            category=category if category in CATEGORIES else "",
            message=text("message", MAX_MESSAGE),
            email=text("email", MAX_EMAIL),
            article=text("article", 512)[:512],
            comment_id=text("comment_id", 32)[:32],
            error=text("error", 64)[:64],
            trapped=bool(fields.get(TRAP)),
        )

    def errors(self) -> dict[str, str]:
        """What is wrong, by field."""
        found = {}
        if not self.category:
            found["category"] = "Choose what comes closest."
        if not self.message:
            found["message"] = "Write a few words about what happened."
        elif len(self.message) > MAX_MESSAGE:
            found["message"] = f"This is {len(self.message):,} characters long; {MAX_MESSAGE:,} fit."
        if self.email and (len(self.email) > MAX_EMAIL or not _EMAIL.match(self.email)):
            found["email"] = "This does not look like an e-mail address. You may leave it out."
        return found
