"""Passwords of local accounts: argon2id with the parameters that argon2-cffi recommends (RFC 9106, low memory)."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()
# Each takes 64 MiB and some hundredths of a second on purpose: two at a time are enough for a town hall.
_THREADS = ThreadPoolExecutor(2, thread_name_prefix="password")


def hash_password(password: str) -> str:
    """Return what is stored of a password."""
    return _HASHER.hash(password)


def is_password(stored: str | None, password: str) -> bool:
    """Whether `password` is the one that `stored` was made from. Without `stored` it takes as long, and is not."""
    try:
        _HASHER.verify(stored or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the recommended parameters have changed since."""
    return _HASHER.check_needs_rehash(stored)


async def check(stored: str | None, password: str) -> bool:
    """Run `is_password` off the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, is_password, stored, password)


async def hash_anew(password: str) -> str:
    """Run `hash_password` off the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, hash_password, password)


@cache
def _nobody() -> str:
    """Return the hash that an unknown name is compared with."""
    return _HASHER.hash("nobody")


def get_ready() -> None:
    """Make that hash in the background, so that the first unknown name takes no longer than others."""
    _THREADS.submit(_nobody)
