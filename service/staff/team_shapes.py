"""The staff of a site, invitations to it, and how it deals with people."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from service.parsing import In, Out
from service.staff.account_shapes import Password
from service.staff.shapes import PersonOut

Role = Literal["moderator", "lead", "admin", "auditor"]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^\s@]+@[^\s@]+\.[^\s@]+$")
]
Token = Annotated[str, StringConstraints(min_length=16, max_length=128)]


class MemberIn(In):
    """Somebody's role on the site, and whether it counts."""

    role: Role
    disabled: bool = False


class InvitationIn(In):
    """Whom to invite, and as what."""

    email: Email
    role: Role


class RulesIn(In):
    """So many `strikes` within `strike_days` suggest a sanction; `second_factor`: staff need one here."""

    strikes: Annotated[int, Field(ge=1, le=100)]
    strike_days: Annotated[int, Field(ge=1, le=730)]
    second_factor: bool


class TokenIn(In):
    """What stands behind the # of a link."""

    token: Token


class JoinIn(TokenIn):
    """Taking up an invitation; `name` and `password` are for who has no account yet."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)] | None = None
    password: Password | None = None


class NewPasswordIn(TokenIn):
    """A new password by a link."""

    password: Password


class ForgottenIn(In):
    """The address of whoever forgot their password."""

    email: Annotated[str, StringConstraints(min_length=3, max_length=254)]


class MemberOut(PersonOut):
    """Somebody on the staff of the site. `codes`: one-time codes are set up."""

    email: str
    role: Role
    disabled: bool
    codes: bool
    passkeys: int
    seen_at: datetime | None


class InvitationOut(Out):
    """An invitation that waits."""

    id: str
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime


class RulesOut(Out):
    """How the site deals with people."""

    strikes: int
    strike_days: int
    second_factor: bool


class TeamOut(Out):
    """The staff of a site. `mails`: links go by mail; else they are shown once, to be handed on."""

    members: list[MemberOut]
    invitations: list[InvitationOut]
    rules: RulesOut
    mails: bool


class LinkOut(Out):
    """A link that was made; `link` only where no mail can be sent, and only now."""

    email: str
    link: str | None


class FoundLinkOut(Out):
    """What a link is for. `known`: there is an account with the address."""

    kind: Literal["invitation", "reset"]
    site: str
    email: str
    role: Role | None
    known: bool
