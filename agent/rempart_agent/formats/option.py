"""Options as configuration lines carry them: ``nosuid,password=…`` in fstab, ``passwd=…`` of a PAM module."""

import re

from rempart_agent.source.contract import REDACTED

# Only what is written as an option: a word that follows "password" in such a line is another option, not a secret.
_SECRET = re.compile(r"(?i)\b(pass|password2?|passwd|passphrase|bindpw|secret|token)=(?![/$])[^\s,\]]+")


def mask(text: str) -> str:
    """Return ``text`` with the values of options that are secrets replaced; paths of secrets stay."""
    return _SECRET.sub(r"\1=" + REDACTED, text) if "=" in text else text
