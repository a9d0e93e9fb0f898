"""The time after which an idle shell ends: pure functions of the lines of start-up files.

``TMOUT`` is set once, last of all in ``profile.d``, and fixed there. What others set before counts where it is
stricter; a value that is looser, or none, is taken out of their line.
"""

import re
from typing import Any, List, Mapping

FILES = (
    "/etc/profile", "/etc/profile.local", "/etc/bash.bashrc", "/etc/bash.bashrc.local", "/etc/bashrc",
    "/etc/environment", "/etc/zsh/zshrc", "/etc/zshrc",
)  # fmt: skip
ZSH = ("/etc/zsh/zshrc", "/etc/zshrc")
"""zsh reads no ``profile.d``."""
_SETTING = re.compile(
    r"(?P<word>(?:export|readonly|(?:declare|typeset)\s+-\w+)\s+)?(?<![\w$])"
    r"(?:TMOUT=(?P<value>[^\s;&|)}]*)(?=[\s;&|)}]|$)|unset\s+(?:-v\s+)?TMOUT\b)"
)
_BEGINS = re.compile(r"(\A|[;&|{(!]|(?<![\w$])(then|do|else))\s*\Z")
_ENDS = re.compile(r"\s*([;&|)}#]|\Z)")


def own_file(check: str) -> str:
    """Return the path of our script."""
    return f"/etc/profile.d/zzz-rempart-{check.lower()}.sh"


def script(most: int) -> List[str]:
    """Return the lines that set the time where it is longer or none, and fix it."""
    return [
        f'if ! [ "${{TMOUT:-0}}" -ge 1 ] 2>/dev/null || [ "$TMOUT" -gt {most} ]; then\n',
        f"    TMOUT={most}\n",
        "fi\n",
        "readonly TMOUT\n",
        "export TMOUT\n",
    ]


def take_looser(lines: List[str], spec: Mapping[str, Any]) -> List[str]:
    """Return the lines without settings that are looser than ours, or none.

    ``:`` stays in the place of a whole command, since a shell takes no empty ``then``.

    Args:
        lines: Each with its end.
        spec: ``{path, most}``.
    """
    out = []
    for line in lines:
        body = line.rstrip("\r\n")
        if not body.lstrip().startswith("#"):
            body = _SETTING.sub(lambda found: _instead(found, spec), body)
        out.append(body + line[len(line.rstrip("\r\n")) :])
    return out


def _instead(found: "re.Match[str]", spec: Mapping[str, Any]) -> str:
    value = (found["value"] or "").replace('"', "").replace("'", "")
    if re.match(r"[0-9]+\Z", value) and 1 <= int(value) <= int(spec["most"]):
        return found[0]
    if spec["path"] == "/etc/environment":
        return ""
    whole = _BEGINS.search(found.string[: found.start()]) and _ENDS.match(found.string[found.end() :])
    return ":" if whole else found["word"] or ""


def put_block(lines: List[str], spec: Mapping[str, Any]) -> List[str]:
    """Return the lines with ours at their end, between marks. ``spec``: ``{check, most}``."""
    begin, end = (f"# {word} Rempart, {spec['check']}\n" for word in ("BEGIN", "END"))
    block = [begin, *script(int(spec["most"])), end]
    first = lines.index(begin) if begin in lines else -1
    if first >= 0 and lines[first : first + len(block)] == block:
        return lines
    rest, inside = [], False
    for line in lines:
        inside = inside or line == begin
        if not inside:
            rest.append(line)
        inside = inside and line != end
    if rest and not rest[-1].endswith("\n"):
        rest[-1] += "\n"
    return rest + block
