"""How one kind of secret is found, and what makes a value none."""

import math
import re
from typing import Callable, NamedTuple, Optional, Tuple

Judge = Callable[["re.Match[bytes]", str], Optional[str]]


class Rule(NamedTuple):
    """How one kind of secret is found.

    Attributes:
        name: The rule's name.
        literals: One of them stands in every such secret; none where the rule looks at all of the few files it is for.
        pattern: Finds it; its last group that took part is the secret, else the whole.
        judge: Takes a match and the file's path; gives the name, or None where it is no secret after all.
        where: Matches the paths of the only files that it is for.
        code: Whether source code is searched too.
        binary: Whether programs and other files that are no text are searched too.
        exact: Whether the literals are looked for as they are; else they are in lower case, and found in either.
        lead: How far before a literal the pattern begins, at least and at most.
    """

    name: str
    literals: Tuple[bytes, ...]
    pattern: "re.Pattern[bytes]"
    judge: Judge
    where: Optional["re.Pattern[str]"] = None
    code: bool = True
    binary: bool = False
    exact: bool = False
    lead: Tuple[int, int] = (0, 0)


def entropy(value: bytes) -> float:
    """Return Shannon's entropy of ``value`` in bits a byte."""
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in (value.count(bytes([b])) for b in set(value)))


PLACEHOLDER = re.compile(
    rb"""(?ix)
    [<$%{@!/~*.(\[\\&] | [x*.#?_-]+$ | \d{1,5}$ |
    (?:none|null|nil|true|false|yes|no|on|off|ask|prompt|undefined|empty|unset|required|optional|sufficient|requisite|
       default|disabled|enabled|compat|files|string|str|text|varchar|integer|boolean|bytes|object|self|this)$ |
    .{0,200}(?:change.?me|your|example|placeholder|redacted|dummy|insert|replace|sample|not.?set|todo) |
    (?:my|the|a|some|db|user|admin|root|test|new|old)?[._-]?
       (?:password|passwd|passphrase|secret|token|key|pass|pw)s?\d?$ |
    (?:env|environ|os|process|getenv|vault|secretsmanager|keyring|config)\b |
    pass:insta$  # of the openssl.cnf that OpenSSL ships
    """
)
"""Matches a value that stands for one, at its beginning."""
