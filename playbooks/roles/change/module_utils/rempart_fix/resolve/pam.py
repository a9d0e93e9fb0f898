"""Arguments of a PAM module in the files of services: pure functions of lines. See pam.conf(5)."""

import re
from typing import Any, List, Mapping, Tuple

_RULE = re.compile(
    r"\s*-?(?P<type>auth|account|password|session)\s+(?P<control>\[[^]]*\]|\S+)\s+(?P<module>\S+)", re.IGNORECASE
)


def apply_arguments(lines: List[str], spec: Mapping[str, Any]) -> List[str]:
    """Return the lines with arguments of a module dropped, or put in the place of others.

    Args:
        lines: Each with its end; a rule may go on over several by a backslash at the end.
        spec: ``{module, types, drop, put, instead_of, add, least}``. ``drop``: words, or ``name=`` for any value;
            ``put``: a word, in the place of the first of ``instead_of`` that is there; others of these go. Where none
            is there nothing is put in. ``add``: words that come to the end where they are not there. ``least``: by name
            the number that a value has at least; it is raised where it stands, else it comes to the end.
    """
    out: List[str] = []
    for rule in split_rules(lines):
        out += _change(rule, spec) if _fits(rule, spec) else rule
    return out


def split_rules(lines: List[str]) -> List[List[str]]:
    """Return the lines of a file by rules: a backslash at the end of one takes the next to it."""
    rules: List[List[str]] = []
    open_rule = False
    for line in lines:
        if open_rule:
            rules[-1].append(line)
        else:
            rules.append([line])
        body = line.rstrip("\r\n")
        comment = rules[-1][0].lstrip().startswith("#")
        open_rule = body.endswith("\\") and not comment
    return rules


def _fits(rule: List[str], spec: Mapping[str, Any]) -> bool:
    whole = "".join(re.sub(r"\\\r?\n\Z", " ", line) for line in rule)
    found = _RULE.match(whole)
    if not found or found["type"].lower() not in spec.get("types", ("auth", "account", "password", "session")):
        return False
    name = found["module"].rsplit("/", 1)[-1]
    return bool(re.match(spec["module"] + r"\Z", name))


def _change(rule: List[str], spec: Mapping[str, Any]) -> List[str]:
    drop, instead = [str(one) for one in spec.get("drop") or []], [str(one) for one in spec.get("instead_of") or []]
    put = str(spec["put"]) if spec.get("put") else ""
    least = {f"{name}=": int(number) for name, number in (spec.get("least") or {}).items()}
    wanted = [str(one) for one in spec.get("add") or []] + [f"{name}{number}" for name, number in least.items()]
    out: List[str] = []
    placed, module_seen, there = False, False, set()
    for line in rule:
        head, body, end = _split(line, module_seen, spec["module"])
        module_seen = module_seen or bool(head)
        if not module_seen:
            out.append(line)
            continue
        kept = []
        for blank, word in re.findall(r"([ \t]*)(\[[^]]*\]|[^ \t]+)", body):
            name = word.partition("=")[0] + "=" if "=" in word else word
            if put and word in [*instead, put]:
                if not placed:
                    kept.append(blank + put)
                placed = True
            elif name in least:
                value = word[len(name) :]
                word = word if value.isdigit() and int(value) >= least[name] else f"{name}{least[name]}"
                kept.append(blank + word)
                there.add(f"{name}{least[name]}")
            elif word not in drop and name not in drop:
                kept.append(blank + word)
                there.add(word)
        out.append(head + "".join(kept) + end)
    missing = [word for word in wanted if word not in there]
    if missing and module_seen:
        out[-1] = _at_the_end(out[-1], missing)
    return out


def _at_the_end(line: str, words: List[str]) -> str:
    """Return a line with further words behind its last one, before a comment at its end."""
    end = re.search(r"[ \t]*(#.*)?\\?\r?\n?\Z", line)
    at = end.start() if end else len(line)
    return line[:at] + "".join(" " + word for word in words) + line[at:]


def _split(line: str, seen: bool, module: str) -> Tuple[str, str, str]:
    """Return a line up to the module, its arguments, and its end; a comment at its end stays."""
    end = re.search(r"[ \t]*(#.*)?\\?\r?\n?\Z", line)
    at = end.start() if end else len(line)
    if seen:
        return "", line[:at], line[at:]
    found = re.search(rf"(?:\S*/)?{module}(?=\s|\Z)", line)
    if not found:
        return "", "", line
    return line[: found.end()], line[found.end() : at], line[at:]
