"""One's own account: what proves that one is oneself, and where one is signed in."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import StringConstraints

from service.parsing import In, Out

Password = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class PasswordIn(In):
    """A new password; `current` is the one until now."""

    current: Password
    password: Password


class ProofIn(In):
    """One's password once more, before something grave."""

    password: Password


class CodeIn(In):
    """A one-time code."""

    code: Code


class PasskeyIn(In):
    """What the browser made, as `PublicKeyCredential.toJSON()` has it, and a name to know it by."""

    credential: dict[str, Any]
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class CredentialIn(In):
    """What the browser signed, as `PublicKeyCredential.toJSON()` has it."""

    credential: dict[str, Any]


class OptionsOut(Out):
    """What a browser is asked for: `publicKey` of `navigator.credentials`, in JSON."""

    options: dict[str, Any]


class TotpOut(Out):
    """A secret for an authenticator app: as text, as an address, and as a QR code: a path of dark squares."""

    secret: str
    uri: str
    size: int
    path: str


class RecoveryCodesOut(Out):
    """Codes that open the account once each; they are not shown again."""

    codes: list[str]


class OwnSessionOut(Out):
    """A console where one is signed in."""

    id: str
    browser: str
    second_factor: bool
    created_at: datetime
    seen_at: datetime
    here: bool


class PasskeyOut(Out):
    """A passkey of one's own."""

    id: str
    name: str
    created_at: datetime
    used_at: datetime | None


class AccountOut(Out):
    """How one's account is kept. `codes_since`: one-time codes are asked for since then."""

    name: str
    email: str
    codes_since: datetime | None
    recovery_codes_left: int
    passkeys: list[PasskeyOut]
    sessions: list[OwnSessionOut]
