"""Links into somebody's mailbox: they prove that whoever follows them reads its mail, and need not be stored."""

import base64
import hmac

from aiohttp import web

from service.keys import SETTINGS, SIGNER
from service.parsing import parse_id
from service.problems import Problem


def _proofs(app: web.Application, site: str, reader_id: int, email: str) -> list[str]:
    macs = app[SIGNER].macs("mailbox", f"{site}\n{reader_id}\n{email}")
    return [base64.urlsafe_b64encode(mac).decode().rstrip("=") for mac in macs]


def address(app: web.Application, site: str, reader_id: int, email: str) -> str:
    """The page where an address is confirmed, and mail to it is stopped."""
    return f"{app[SETTINGS].base_url}/mail/{site}/{reader_id}.{_proofs(app, site, reader_id, email)[0]}"


def reader_of(token: str) -> tuple[int, str]:
    """The reader that a link names, and its proof; raises Problem `not_found`."""
    reader_id, _, proof = token.partition(".")
    return parse_id(reader_id, "mailbox"), proof


def is_proof(app: web.Application, site: str, reader_id: int, email: str, proof: str) -> bool:
    """Whether a link was made for this mailbox, and this address of it."""
    return proof.isascii() and any(
        hmac.compare_digest(proof, good) for good in _proofs(app, site, reader_id, email)
    )


def not_there() -> Problem:
    """The mailbox that a link leads to is gone."""
    return Problem("not_found", "There is no such mailbox any more.")
