"""What of a difference between files may leave the process of ``ansible-playbook``: what holds no secret."""

from __future__ import annotations

import difflib
import json
import re

from rempart_agent.formats.mask import mask_command, mask_text

_SECRET_FILE = re.compile(
    r"shadow|private|secret|passw|token|\.key\b|_key\b|\.pem\b|\.p12\b|id_(rsa|ed25519|ecdsa)|credential", re.IGNORECASE
)
_PLAIN = r"(?!(?:yes|no|true|false|none|[0-9]+)[\"']?\s*$)"  # what says whether, and not what
_SECRET_LINE = re.compile(
    r"(?i)((?:(?<!no)pass(?:word|wd|phrase)?|secret|token|api[_-]?key|psk|credential|private[_-]?key)"
    r"\w*[\"']?\s*[:= ]\s*)" + _PLAIN + r"\S.*"
)
_HASH = re.compile(r"\$(?:[0-9a-z]{1,3}|2[aby])\$[./A-Za-z0-9$=,+-]{8,}|-----BEGIN [A-Z ]*PRIVATE KEY")
_KEY_FOLLOWS = re.compile(r"(?:-----BEGIN [A-Z ]*PRIVATE KEY|PuTTY-User-Key-File-)[\s\S]*")
_OPAQUE = re.compile(r"[A-Za-z0-9+/=_-]{40,}")  # a line of a key, or a token by itself
# A whole rule as auditctl(8) has it, in which ``passwd`` is a file: each word of it is known, so none is a password.
_AUDIT_RULE = re.compile(
    r"[ \t]{0,8}(?:#[ \t]{0,8})?(?:-w /[\w./-]{1,128} -p [rwxa]{1,4}(?: -k [a-z][a-z_-]{0,30})?"
    r"|-[aA] (?:always|never),(?:exit|task|user|exclude)(?: -S [a-z0-9_,]{1,200}| -F arch=b(?:32|64)"
    r"| -F (?:path|dir)=/[\w./-]{1,128}| -F perm=[rwxa]{1,4}| -F [ae]?[ug]id(?:!?=|[<>]=?)(?:-1|unset|\d{1,10})"
    r"| -C [a-z]{3,6}!?=[a-z]{3,6}| -(?:k |F key=)[a-z][a-z_-]{0,30})+)[ \t]{0,8}"
)
_MAX_LINES = 200
HIDDEN = "\\ hidden "
"""What stands before the number of lines that are not shown, for they may be secret; diff marks its remarks like it."""
CUT = "\\ more "
"""What stands before the number of lines that are too many to be shown."""
_MAX_LINE = 300


def redact(text: str) -> str:
    """Return a text without secrets; of a key that begins in it nothing follows."""
    if _AUDIT_RULE.fullmatch(text):
        return mask_text(text)
    text = _KEY_FOLLOWS.sub("*** (a private key)", text)
    return mask_command(mask_text(_HASH.sub("***", _SECRET_LINE.sub(r"\1***", text))))


def _redact_line(line: str) -> str:
    """Return a line of a difference without secrets; its sign is no part of what it shows."""
    sign, rest = (line[:1], line[1:]) if line[:1] in {"+", "-"} else ("", line)
    return sign + ("***" if _OPAQUE.fullmatch(rest.strip()) else redact(rest))


def _hide_keys(lines: list[str]) -> list[str]:
    """Return a difference without the lines of private keys, whose content has no sign of its own."""
    kept, hidden = [], False
    for line in lines:
        if "PRIVATE KEY" in line:
            hidden = "BEGIN" in line and "END" not in line
            kept.append(f"{line[:1]}***")
        elif not hidden:
            kept.append(line)
    return kept


def describe(found: object, goes_to: str, mode: int = 0o644) -> list[str]:
    """Return a difference as lines, without what may be secret: what stands around a change is not shown.

    Args:
        found: What a module said would change.
        goes_to: The file that the task is about; the headers may name the copy on the controller that is sent there.
        mode: The rights of that file. Of one that not everybody may read only a new one is shown, which is ours.
    """
    if not isinstance(found, dict):
        return []
    headers = [str(found.get(side) or "") for side in ("before_header", "after_header")]
    name = goes_to or headers[0] or headers[1]
    if "prepared" in found:
        lines = str(found["prepared"]).splitlines()
    else:
        before, after = (_read_side(found.get(side)) for side in ("before", "after"))
        lines = list(difflib.unified_diff(before, after, name, name, n=0, lineterm=""))
    lines = [line for line in _hide_keys(lines) if not line.startswith(" ")]
    changed = [line for line in lines if line[:1] in {"+", "-"} and not line.startswith(("+++ ", "--- "))]
    closed = not mode & 0o004 and any(line.startswith("-") for line in changed)
    if lines and (closed or any(_SECRET_FILE.search(one) for one in (name, *headers))):
        return [f"--- {name}", f"+++ {name}", f"{HIDDEN}{len(changed)}"]
    cut = [_redact_line(line)[:_MAX_LINE] for line in lines[:_MAX_LINES]]
    return [*cut, f"{CUT}{len(lines) - _MAX_LINES}"] if len(lines) > _MAX_LINES else cut


def _read_side(side: object) -> list[str]:
    if side is None:
        return []
    text = side if isinstance(side, str) else json.dumps(side, sort_keys=True, indent=1, default=str)
    return text.splitlines()
