"""Rules of sudo taken from some, or made to ask for a password: pure functions of texts. See sudoers(5)."""

import re
from typing import Any, Dict, Iterator, List, Mapping, Sequence, Set

_LOGICAL = re.compile(r"(?:[^\n]*\\\n)*[^\n]*\n|[^\n]+\Z")
_NO_RULE = re.compile(r"Defaults|[@#]include|(User|Runas|Host|Cmnd|Cmd)_Alias\Z|#(?!-?[0-9])")
_ROOT = (
    r"(^|[ =:,)])(ALL *($|,)|sudoedit|\^|/[^ ,]*[*?\[]|/[^ ,]*/( |,|$)|/[^ ,]*/("
    r"{programs})([-.]?[0-9][0-9.]*|[.][a-z-]+)?( |,|$))"
)


def logical(text: str) -> List[str]:
    """Return the lines of a text, those that a backslash goes on with as one."""
    return [found for found in _LOGICAL.findall(text) if found]


def _words(line: str) -> List[str]:
    return re.sub(r"\s#\s.*", "", line.replace("\\\n", " ").rstrip("\n")).split()


def _aliases(lines: Sequence[str], kinds: str) -> Iterator[List[str]]:
    """Yield the name of each alias, then what it stands for."""
    for line in lines:
        found = re.match(rf"\s*({kinds})\s+(.*)", line.replace("\\\n", " "), re.DOTALL)
        for one in re.split(r"(?<!\\):", found[2]) if found else []:
            name, sign, value = one.partition("=")
            if sign:
                yield [name.strip(), *(word.strip() for word in value.split(","))]


def find_own(texts: Mapping[str, str], account: str, groups: Sequence[str], uid: str) -> List[str]:
    """Return what rules of an account that becomes root begin with: its name, its groups, aliases that hold it."""
    own = ["root"]
    if account == "root":
        return own
    lines = [line for text in texts.values() for line in logical(text)]
    own += [account, *([f"#{uid}"] if uid else [])]
    if any(re.match(rf"\s*{re.escape(account)}\s", line) for line in lines):
        return own
    mine = [account, *(f"%{group}" for group in groups)]
    own += [*mine, "ALL"]
    own += [alias[0] for alias in _aliases(lines, "User_Alias") if set(alias[1:]) & set(mine)]
    return own


def take_rights(texts: Mapping[str, str], spec: Mapping[str, Any]) -> Dict[str, str]:
    """Return the texts in which rules that make root are commented out for all but some.

    Args:
        texts: By path.
        spec: ``{check, allowed, groups, programs, account, account_groups, uid}``: who may keep them; the account that
            connects keeps what lets it become root; ``programs`` are those by which one becomes root.
    """
    lines = [line for text in texts.values() for line in logical(text)]
    root = re.compile(_ROOT.replace("{programs}", "|".join(re.escape(one) for one in spec["programs"]) or "$."))
    named: List[str] = []
    for alias in _aliases(lines, "Cmnd_Alias|Cmd_Alias"):
        if any(root.search(" " + value) for value in alias[1:]) or set(alias[1:]) & set(named):
            named.append(alias[0])
    allowed: Set[str] = {*spec["allowed"], *(f"%{group}" for group in spec.get("groups") or [])}
    allowed |= set(find_own(texts, spec["account"], spec.get("account_groups") or [], str(spec.get("uid") or "")))
    lower = {str(one).lower() for one in spec["allowed"]}
    uses = re.compile(rf"(^|[ =:,)])({'|'.join(map(re.escape, named))}) *($|,|:)") if named else None

    def taken(line: str) -> bool:
        words = _words(line)
        if not words or _NO_RULE.match(words[0]) or words[0] in allowed or words[0].lower() in lower:
            return False
        rest = " ".join(words[1:])
        return bool(root.search(rest) or (uses and uses.search(rest)))

    return _change(texts, lambda line: comment(line, spec["check"]) if taken(line) else line)


def comment(line: str, check: str) -> str:
    """Return a logical line as a comment, each of its lines."""
    return re.sub(r"(?m)^(?=.)", f"# Rempart, {check}: ", line)


def ask_password(texts: Mapping[str, str], spec: Mapping[str, Any]) -> Dict[str, str]:
    """Return the texts in which sudo asks for a password, and remembers it no longer than it may.

    Args:
        texts: By path.
        spec: ``{check, kept, minutes, most, account, account_groups, uid}``: headers of rules that stay; minutes to
            write, and the most that may stand; the account that becomes root without a password, and goes on so.
    """
    kept, minutes = set(spec.get("kept") or []), str(spec["minutes"])
    lines = [line for text in texts.values() for line in logical(text)]
    if spec.get("account"):
        kept |= _find_unasked(lines, str(spec["account"]), spec.get("account_groups") or [], str(spec.get("uid") or ""))
    other = any(re.match(r"\s*Defaults\s.*[ ,](targetpw|rootpw|runaspw)", line, re.DOTALL) for line in lines)

    def limit(found: "re.Match[str]") -> str:
        value = found[1].strip('"').lstrip("+")
        slow = value.startswith("-") or not re.match(r"[0-9.]+\Z", value) or float(value) > float(spec["most"])
        return f"timestamp_timeout={minutes}" if slow else found[0]

    def asks(line: str) -> str:
        words = _words(line)
        header = words[0] if words else ""
        if not header or header in kept or (not header.startswith("Defaults") and _NO_RULE.match(header)):
            return line
        if header.startswith("Defaults"):
            line = re.sub(r"!\s*authenticate", "authenticate", line)
            line = re.sub(r'exempt_group\s*[+]?=\s*("[^"]*"|[^\s,]+)', "authenticate", line)
            return re.sub(r'timestamp_timeout\s*=\s*("?[^\s,"]*"?)', limit, line)
        asked = re.sub(r"NOPASSWD\s*:[ \t]*", "", line)
        if header == "ALL" and not other and re.search(r"(^|[ =:,)])ALL *($|, *!)", " ".join(_words(asked)[1:])):
            return comment(asked, spec["check"])
        return asked

    found = _change(texts, asks)
    main = "/etc/sudoers"
    first = f"Defaults timestamp_timeout={minutes}\n"
    if float(minutes) < 15 and main in texts and not found.get(main, texts[main]).startswith(first):
        found[main] = first + found.get(main, texts[main])
    return found


def _find_unasked(lines: Sequence[str], account: str, groups: Sequence[str], uid: str) -> Set[str]:
    """Return what begins the rules and defaults by which an account is asked for no password."""
    own = {account, f"Defaults:{account}", *([f"#{uid}"] if uid else [])}
    if any(re.match(rf"\s*{re.escape(account)}\s.*NOPASSWD", line, re.DOTALL) for line in lines):
        return own
    mine = {account, *(f"%{group}" for group in groups)}
    own |= {*mine, "ALL", "Defaults"}
    return own | {alias[0] for alias in _aliases(lines, "User_Alias") if set(alias[1:]) & mine}


def _change(texts: Mapping[str, str], each: Any) -> Dict[str, str]:
    found = {path: "".join(each(line) for line in logical(text)) for path, text in texts.items()}
    return {path: text for path, text in found.items() if text != texts[path]}


def find_included(path: str, text: str) -> List[str]:
    """Return the files (and, with a slash at the end, folders) that a file brings in."""
    found = []
    for kind, name in re.findall(r'(?m)^[ \t]*[@#](include|includedir)[ \t]+"?([^"\n#]+?)"?[ \t]*$', text):
        name = name.replace("\\ ", " ")
        name = name if name.startswith("/") else path.rsplit("/", 1)[0] + "/" + name
        found.append(name + "/" if kind == "includedir" else name)
    return found


def counts(name: str) -> bool:
    """Tell whether sudo reads a file of an included folder: none with a dot, none with a tilde at its end."""
    return "." not in name and not name.endswith("~")
