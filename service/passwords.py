"""Passwords of the staff: argon2id, worked out in a thread, with the same answer and time for addresses nobody has."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 10
MAX_LENGTH = 200
# RFC 9106's second recommendation: 64 MiB, three passes.
_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
# A hash with the same parameters that no password is known to fit.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=1$cGFybGV5LW5vYm9keS0wMQ$9lTVCjJMPcHWvm0FBRwy5Kq4Dq0zXdBqz2uHq0R1Y9k"
# Each takes 64 MiB while it runs, so only two do at once: others wait.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="passwords")


class PasswordRefused(Exception):
    """The password is too short or too long."""


async def hash_password(password: str) -> str:
    """The hash to store; raises PasswordRefused for a password that is too short or too long."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise PasswordRefused(f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters.")
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def check_password(stored: str | None, password: str) -> bool:
    """True if the password fits the stored hash; with nothing stored, False after as long a time."""
    fits = await asyncio.get_running_loop().run_in_executor(_threads, _fits, stored or _NOBODY, password)
    return fits and stored is not None


def _fits(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """True if a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)
