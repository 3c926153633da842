"""One-time codes (RFC 6238), the picture that hands their secret to a telephone, and recovery codes."""

import base64
import hmac
import secrets
from dataclasses import dataclass

import pyotp
import segno

ISSUER = "Parley"
RECOVERY_CODES = 10
# A clock may be so many steps of thirty seconds off.
_SLACK = 1


def new_secret() -> str:
    """A secret of 160 bits, as RFC 4226 recommends."""
    return pyotp.random_base32()


def address(secret: str, email: str) -> str:
    """What an authenticator app takes."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: float) -> int | None:
    """The time step whose code this is, near `now` (seconds since the epoch); None if it is none."""
    totp = pyotp.TOTP(secret)
    here = totp.timecode(now)
    fitting = [
        step
        for step in range(here - _SLACK, here + _SLACK + 1)
        if hmac.compare_digest(totp.generate_otp(step), code)
    ]
    return fitting[-1] if fitting else None


@dataclass(frozen=True, slots=True)
class Picture:
    """A QR code as a path of unit squares in a square of `size`, with the quiet zone that cameras want."""

    size: int
    path: str


def picture(text: str) -> Picture:
    """Draw a QR code."""
    quiet = 4
    matrix = segno.make(text, error="m", micro=False).matrix
    squares = [
        f"M{x + quiet},{y + quiet}h1v1h-1z"
        for y, row in enumerate(matrix)
        for x, dark in enumerate(row)
        if dark
    ]
    return Picture(len(matrix) + 2 * quiet, "".join(squares))


def new_recovery_codes() -> list[str]:
    """Ten codes of 80 bits, in groups of four."""
    return [
        _grouped(base64.b32encode(secrets.token_bytes(10)).decode().lower()) for _ in range(RECOVERY_CODES)
    ]


def _grouped(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def tidy(code: str) -> str:
    """A code as people type it, without spaces, dashes and case."""
    return "".join(char for char in code.lower() if char.isascii() and char.isalnum())
