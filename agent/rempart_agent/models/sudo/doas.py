"""doas.conf(5) of OpenDoas: the last rule that matches decides; a file that can't be parsed lets nobody do anything."""

import re
from typing import Dict, List, NamedTuple, Optional, Tuple

from rempart_agent.models.sudo import probes
from rempart_agent.models.sudo.grants import Grant
from rempart_agent.models.sudo.world import Account, World
from rempart_agent.said import SaidError, Why

PERSIST_S = 300  # timestamp.c of OpenDoas: a password is remembered for five minutes
_TOKEN = re.compile(r"(?P<blank>(?:[ \t]|\\\n)+)|(?P<comment>#[^\n]*)|(?P<newline>\n)|(?P<brace>[{}])|(?P<word>\S)")


class Malformed(SaidError):
    """The file can't be parsed, and doas refuses everybody."""


class Rule(NamedTuple):
    """One line: ``permit [options] identity [as target] [cmd command [args …]]``."""

    permit: bool
    options: Tuple[str, ...]
    identity: str
    target: str
    command: Optional[str]
    arguments: Optional[Tuple[str, ...]]
    line: int


def parse(text: str) -> List[Rule]:
    """Parse doas.conf(5); raises Malformed."""
    found: List[Rule] = []
    words: List[str] = []
    line = first = 1
    at, depth = 0, 0
    text = text if text.endswith("\n") else text + "\n"
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Malformed("line {line}", line=line)
        kind = match.lastgroup
        if kind == "word":
            word, at = _word(text, at, line)
            words.append(word)
            continue
        at = match.end()
        line += match.group().count("\n")
        if kind == "brace":
            depth += 1 if match.group() == "{" else -1
            words.append("\0" + match.group())
        elif kind == "newline" and not depth:
            if words:
                found.append(_rule(words, first))
            words, first = [], line
    if words or depth:
        raise Malformed("line {first}", first=first)
    return found


def _word(text: str, at: int, line: int) -> Tuple[str, int]:
    parts: List[str] = []
    quoted = False
    while at < len(text):
        char = text[at]
        if char == "\\" and text[at + 1 : at + 2] not in ("", "\n"):
            parts.append(text[at + 1])
            at += 2
            continue
        if char == "\n" or (not quoted and char in " \t{}#") or (char == "\\" and not quoted):
            break
        if char == '"':
            quoted = not quoted
        else:
            parts.append(char)
        at += 1
    if quoted:
        raise Malformed("line {line}: a quote is not closed", line=line)
    return "".join(parts), at


def _rule(words: List[str], line: int) -> Rule:
    rest = list(words)
    action = rest.pop(0)
    if action not in ("permit", "deny"):
        raise Malformed("line {line}", line=line)
    options = []
    while action == "permit" and rest and rest[0] in ("nopass", "persist", "keepenv", "nolog", "setenv"):
        options.append(rest.pop(0))
        if options[-1] == "setenv":
            if not rest or rest[0] != "\0{" or "\0}" not in rest:
                raise Malformed("line {line}", line=line)
            rest = rest[rest.index("\0}") + 1 :]
    if not rest or {"nopass", "persist"} <= set(options):
        raise Malformed("line {line}", line=line)
    identity, target = rest.pop(0), ""
    command: Optional[str] = None
    arguments: Optional[Tuple[str, ...]] = None
    if rest in (["as"], ["cmd"]) or rest[2:] == ["cmd"]:
        raise Malformed("line {line}", line=line)
    if rest[:1] == ["as"]:
        target, rest = "".join(rest[1:2]), rest[2:]
    if rest[:1] == ["cmd"]:
        command, rest = "".join(rest[1:2]), rest[2:]
        if rest[:1] == ["args"]:
            arguments, rest = tuple(rest[1:]), []
    if rest or any(word.startswith("\0") for word in words if word not in ("\0{", "\0}")):
        raise Malformed("line {line}", line=line)
    return Rule(action == "permit", tuple(options), identity, target, command, arguments, line)


def decide(
    rules: List[Rule], account: Account, target: Account, command: str, arguments: Tuple[str, ...], world: World
) -> Optional[Rule]:
    """Return the rule that decides about a command; None where none matches.

    Args:
        rules: In their order; the last that matches decides.
        account: Who asks.
        target: As whom.
        command: The program.
        arguments: What it is given.
        world: Accounts, groups, names and files of the machine.
    """
    last = None
    for rule in rules:
        if not _is(rule.identity, account, world) or (rule.target and not _names(rule.target, target)):
            continue
        if rule.command is not None and rule.command != command:
            continue
        if rule.command is not None and rule.arguments is not None and rule.arguments != arguments:
            continue
        last = rule
    return last


def _is(identity: str, account: Account, world: World) -> bool:
    if not identity.startswith(":"):
        return _names(identity, account)
    group = identity[1:]
    number = world.groups.get(group)
    if number is None and group.isdigit():
        number = int(group)
    return group in account.groups or (number is not None and number in account.gids)


def _names(name: str, account: Account) -> bool:
    return (
        name in (account.name, account.label)
        if not name.isdigit()
        else int(name) == account.uid or name == account.name
    )


def grants(rules: List[Rule], world: World, source: str) -> List[Grant]:
    """Return what doas lets whom do.

    Args:
        rules: In their order.
        world: Accounts, groups, names and files of the machine.
        source: Their file.
    """
    people: Dict[str, Account] = {a.name: a for a in world.accounts.values() if a.uid != 0}
    for rule in rules:
        name = rule.identity
        if name.startswith(":"):
            group, gid = name[1:], world.groups.get(name[1:], int(name[1:]) if name[1:].isdigit() else -1)
            people.setdefault(name, Account("", -1, -1, frozenset((group,)), frozenset((gid,)) - {-1}, "%" + group))
        elif name not in world.accounts and not any(name == str(a.uid) for a in world.accounts.values()):
            people.setdefault(name, Account(name, -1, label=name))
    root = next((a for a in world.accounts.values() if a.uid == 0), Account("root", 0, 0))
    asked = [(probes.FRESH, ())] + [(r.command, r.arguments or ()) for r in rules if r.command is not None]
    found: Dict[Tuple[str, int], Grant] = {}
    for account in people.values():
        for command, arguments in asked:
            decided = decide(rules, account, root, command, arguments, world)
            if decided is None or not decided.permit:
                continue
            gives, why = _gives(account, command, arguments, decided, world)
            key = (account.label or account.name, decided.line)
            if key in found and found[key].grants_root == 1:
                continue
            asks = 0 if "nopass" in decided.options else 1
            text = " ".join(("ALL" if decided.command is None else decided.command, *(decided.arguments or ())))
            found[key] = Grant(
                key[0], decided.identity, root.name, text, gives, asks, "account" if asks else "",
                PERSIST_S if "persist" in decided.options else 0, "doas", source, decided.line,
                why or ("" if asks else "nopass"),
            )  # fmt: skip
    return list(found.values())


def _gives(
    account: Account, command: str, arguments: Tuple[str, ...], rule: Rule, world: World
) -> Tuple[Optional[int], str]:
    if command == probes.FRESH:
        return 1, ""
    paths = [command] if "/" in command else [folder + "/" + command for folder in probes.FOLDERS]
    kind = probes.kind(command, world)
    fixed = rule.command is not None and rule.arguments is not None
    if kind in ("escape", "pager") or (kind and (not fixed or (kind == "shell" and not arguments))):
        return 1, ""
    written = [world.writable(path, account) for path in paths if world.identity(path) is not None or "/" in command]
    if kind == "shell":
        written += [world.writable(word, account) for word in arguments if word.startswith("/")]
    if True in written:
        return 1, ""
    return (None, Why("not known whether {command} can be written", command=command)) if None in written else (0, "")
