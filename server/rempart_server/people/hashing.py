"""Hashes of passwords: argon2id by RFC 9106's second choice (64 MiB, three passes), two at a time."""

import functools
import unicodedata
from typing import TYPE_CHECKING, TypeVar

import anyio
import anyio.to_thread

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")
SHORTEST = 12
"""Characters of a password. NIST SP 800-63B-4 asks for length, and for no mixture of characters."""
LONGEST = 1000
_AT_A_TIME = 2  # of 64 MiB each
_WAITING = 16  # those beyond are told to come again


class Busy(Exception):
    """Too many passwords are being checked."""


class Hashing:
    """Hashes and checks passwords, in threads, two at a time."""

    def __init__(self) -> None:
        self._turns: anyio.CapacityLimiter | None = None
        self._asked = 0
        self._none = ""

    async def hash(self, password: str) -> str:
        """Return the hash of a password.

        Raises:
            Busy: Too many wait.
        """
        return await self._run(functools.partial(_hasher().hash, _prepare(password)))

    async def verify(self, hashed: str, password: str) -> bool:
        """Tell whether a password is the one that was hashed; where nothing was, that takes as long.

        Args:
            hashed: Of the account; ``""`` where there is no account, or it has none.
            password: As it was typed.

        Raises:
            Busy: Too many wait.
        """
        if not self._none:
            self._none = await self.hash("of nobody")
        right = await self._run(functools.partial(_verify, hashed or self._none, _prepare(password)))
        return right and bool(hashed)

    async def _run(self, work: "functools.partial[T]") -> T:
        if self._asked >= _AT_A_TIME + _WAITING:
            raise Busy
        self._turns = self._turns or anyio.CapacityLimiter(_AT_A_TIME)
        self._asked += 1
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._turns)
        finally:
            self._asked -= 1


def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher
    from argon2.profiles import RFC_9106_LOW_MEMORY

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def _verify(hashed: str, password: bytes) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def _prepare(password: str) -> bytes:
    """Return a password as bytes: the same however a keyboard composes its letters (NIST SP 800-63B, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
