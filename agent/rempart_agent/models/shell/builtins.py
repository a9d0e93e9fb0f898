"""The commands of the shell itself that change what a shell has set; all others leave it alone."""

import re
from typing import TYPE_CHECKING, FrozenSet, List, Optional

from rempart_agent.models.shell import condition, expand
from rempart_agent.models.shell.nodes import Simple, Word, literal
from rempart_agent.models.shell.state import UMASK, State, Unknown, Value
from rempart_agent.said import Why

if TYPE_CHECKING:
    from rempart_agent.models.shell.execute import Shell, Ways


def _words(text: str) -> "FrozenSet[str]":
    return frozenset(text.split())


GO, RETURN, EXIT, BREAK, CONTINUE, FAULT = "go", "return", "exit", "break", "continue", "fault"
_DECLARE = expand.DECLARE
_TESTS = ("test", "[")
_POSIX = _words(". : break continue eval exec exit export readonly return set shift trap unset")
_PLACE = "{path}, line {line}: {why}"
_QUIET = _words("lesspipe lessfile dircolors ssh-agent tput locale")
"""Programs whose output start-up files evaluate; by their manuals it sets none of what is asked here."""
_SETS = _words("read mapfile readarray getopts printf let vared zparseopts sysopen")
_DOUBTFUL = re.compile(r"TMOUT|\bumask\b|\beval\b|(?:^|[;&|({\s])(?:\.|source)\s", re.MULTILINE)
_NO_FILES = re.compile(r"(?i)rcs$")  # the options RCS and GLOBAL_RCS of zsh
_TYPES = frozenset("iEFaATLRZlu")
_OWN = _DECLARE | _SETS | _POSIX | _words("umask source builtin command alias unalias test [ true false if for")


def may_change(text: str) -> bool:
    """Tell whether a text that is not understood could set what is asked for."""
    lines = (re.sub(r"(?:^|\s)#.*", "", line) for line in text.split("\n"))
    return bool(_DOUBTFUL.search("\n".join(lines)))


def simple(shell: "Shell", node: Simple, state: State) -> "Ways":
    """Run assignments, or a command with its words.

    Args:
        shell: The shell.
        node: The command.
        state: Before it.
    """
    if not node.words:
        shell.perhaps |= any(state.fixed.get(variable, False) is None for variable, _, _ in node.assignments)
        for variable, word, appended in node.assignments:
            if not assign(shell, state, variable, _appended(shell, state, variable, word, appended), node.line):
                return {FAULT: (state, False)}
        ran = any(w and any(p.kind == "command" for p in w) for _, w, _ in node.assignments)
        return {GO: (state, None if ran else True)}
    words = expand.fields(shell, state, node.words)
    if not words:
        return {GO: (state, None)}
    name = words[0]
    if not isinstance(name, str):
        _lose(shell, state, node, Why("a command that is not known: {why}", why=name.why if name else ""))
        return {GO: (state, None)}
    if node.assignments and shell.dialect in ("dash", "ksh") and name in _POSIX:
        for variable, word, appended in node.assignments:
            if not assign(shell, state, variable, _appended(shell, state, variable, word, appended), node.line):
                return {FAULT: (state, False)}
    elif shell.dialect in ("dash", "zsh"):
        for variable, _, _ in node.assignments:
            if shell.dialect == "dash" or name in _OWN or name in state.functions:
                expand.expect_open(shell, state, variable)
            elif state.fixed.get(variable, False) is not False:
                shell.perhaps = True  # not for a program: a process of its own meets the fault
    return run(shell, state, name, words[1:], node)


def _appended(shell: "Shell", state: State, name: str, word: Optional[Word], appended: bool) -> Value:
    value = expand.value(shell, state, word)
    if not appended:
        return value
    before = state.get(name)
    if isinstance(before, Unknown) or isinstance(value, Unknown):
        return Unknown("{}+=".format(name))
    return (before or "") + (value or "")


def assign(shell: "Shell", state: State, name: str, value: Value, line: int) -> bool:
    """Set a variable; False where it is fixed.

    Args:
        shell: The shell.
        state: Is changed.
        name: The variable.
        value: What it becomes.
        line: Where that stands.
    """
    fixed = state.fixed.get(name, False)
    if fixed:
        return False
    if fixed is None:
        value = (
            value if value == state.get(name) else Unknown(Why("not known whether {name} was fixed before", name=name))
        )
    if name == "TMOUT" and shell.dialect == "zsh" and isinstance(value, str):
        value = str(int(value)) if re.fullmatch(r"[0-9]{1,9}", value) else Unknown(Why("a number that zsh works out"))
    state.values[name] = value
    state.where[name] = (shell.path, line)
    return True


def run(shell: "Shell", state: State, name: str, words: List[Value], node: Simple) -> "Ways":
    """Run a command by its name: a function, one of the shell's own, or any program.

    Args:
        shell: The shell.
        state: Before it.
        name: The command.
        words: What it is given.
        node: As it is written.
    """
    done: Ways = {GO: (state, None)}
    special = shell.dialect == "dash" and name in _POSIX
    if name in state.functions and not special:
        body = state.functions[name]
        if body is None:
            state.spoil(Why("a function that is not known: {name}", name=name))
            return done
        handed = tuple(words) if all(isinstance(word, str) for word in words) else ()
        return shell.call(body, state, handed)  # type: ignore[arg-type]
    if name in (":", "true"):
        return {GO: (state, True)}
    if name == "false":
        return {GO: (state, False)}
    if name in _TESTS:
        given = words[:-1] if name == "[" else words
        return {GO: (state, condition.test(shell, state, given))}
    if name in _DECLARE:
        return _declare(shell, state, name, words, node)
    if name in ("builtin", "command", "nocorrect", "noglob", "-"):
        if name == "command" and shell.dialect == "zsh" and not shell.as_sh:
            return done  # a program of that name, of which there is none
        while words and isinstance(words[0], str) and words[0] in ("-p", "--"):
            words = words[1:]
        if not words or not isinstance(words[0], str) or words[0].startswith("-"):
            return done
        if words[0] in state.functions:
            return done
        ways = run(shell, state, words[0], words[1:], node)
        if name == "command" and (shell.dialect == "dash" or shell.as_sh):
            return shell.past_fault(ways)  # it does not end the script
        return ways
    if name in ("return", "exit", "logout", "bye"):
        return {RETURN if name == "return" else EXIT: (state, None)}
    if name == "exec":
        return {EXIT: (state, None)} if words else {GO: (state, True)}
    if name in ("break", "continue"):
        if words and words[0] != "1":
            state.spoil(Why("{name} out of several loops", name=name))
        return {BREAK if name == "break" else CONTINUE: (state, True)}
    if name in (".", "source"):
        return _source(shell, state, words, node)
    handler = {
        "unset": _unset,
        "umask": _umask,
        "eval": _eval,
        "emulate": _emulate,
        "alias": _alias,
        "trap": _trap,
    }.get(name)
    if handler:
        return handler(shell, state, words, node)
    if name in ("setopt", "unsetopt", "emulate") and any(_NO_FILES.search(str(word)) for word in words):
        shell.strange = Why("whether zsh reads its other files is not known")
    if name in ("set", "shift"):
        state.given = ()
    if name in _SETS:
        _read(shell, state, name, words)
    elif name in ("enable", "disable", "unfunction", "unhash"):
        for word in words:
            if not isinstance(word, str) or word in _OWN:
                state.spoil("{} {}".format(name, word if isinstance(word, str) else "…"))
            state.functions.pop(word if isinstance(word, str) else "", None)
    return done


def _fault(shell: "Shell", state: State) -> "Ways":
    """Return where a command of the shell's own leads that can't change what is fixed."""
    return {GO if shell.dialect in ("bash", "ksh") else FAULT: (state, False)}


def _perhaps_fault(shell: "Shell") -> None:
    """Say that a command of the shell's own may end in a fault."""
    shell.perhaps |= shell.dialect not in ("bash", "ksh")


def _declare(shell: "Shell", state: State, name: str, words: List[Value], node: Simple) -> "Ways":
    # in a function of zsh readonly, integer and float are typeset with an option, and local as that is (zshbuiltins(1))
    makes_local = ("declare", "typeset", *(("integer", "float") if shell.dialect == "zsh" else ()))
    if shell.dialect == "zsh" and not shell.as_sh:
        makes_local += ("readonly",)
    options, local = "", name == "local" or (name in makes_local and bool(state.locals))
    status: Optional[bool] = True
    for at, word in enumerate(words):
        value: Value
        if not isinstance(word, str):
            head = literal(node.words[at + 1][:1]) if len(node.words) > at + 1 else ""
            found = re.match(r"([A-Za-z_]\w*)\+?=", head or "")
            if not found:
                state.spoil(Why("{name} of a name that is not known", name=name))
                _perhaps_fault(shell)
                return {GO: (state, None)}
            text, value, given = found.group(1), Unknown(word.why if word else ""), True
        elif re.fullmatch(r"[-+][A-Za-z]+|--", word):
            options += word if word[0] == "-" else ""
            continue
        else:
            text, sign, rest = word.partition("=")
            value, given = rest, bool(sign)
            if text.endswith("+"):
                text, value = text[:-1], Unknown("+=")
        if "n" in options and name in ("declare", "typeset", "local"):
            state.spoil(Why("a name for another variable"))
            continue
        inner = state.is_local(text)
        if (
            shell.as_sh
            and (name == "readonly" or "r" in options)
            and not given
            and not isinstance(state.get(text), str)
        ):
            state.spoil(Why("{name} within emulate, of a variable that has no value", name=name))
            state.fixed[text] = None
            continue
        if "g" in options and inner:
            state.spoil(Why("{name} -g of a local variable", name=name))
            continue
        if "g" in options:
            local = False
        elif "x" in options and shell.dialect == "zsh" and name != "local":
            local = inner  # GLOBAL_EXPORT
        if local and state.make_local(text) and shell.dialect == "zsh":
            state.fixed[text] = False  # the one outside may be fixed, this is another
        if shell.dialect == "zsh" and state.fixed.get(text) and (name in ("integer", "float") or _TYPES & {*options}):
            # zsh 5.9 gives one that is fixed another type, and with it another value
            state.values[text], state.fixed[text] = Unknown(Why("another type for what is fixed")), None
            continue
        if "f" in options or "p" in options or "F" in options:
            continue
        if given and state.fixed.get(text, False) is None:
            _perhaps_fault(shell)
        if given:
            if any(o in options for o in "iul") and not (isinstance(value, str) and value.isdigit()):
                value = Unknown("{} {}".format(name, options))
            if not assign(shell, state, text, value, node.line):
                status = False
                if shell.dialect in ("zsh", "dash"):
                    return {FAULT: (state, False)}
        elif local and state.locals:
            state.values[text] = None
        if name == "readonly" or "r" in options:
            state.fixed[text] = True
            state.where.setdefault(text, (shell.path, node.line))
    return {GO: (state, status)}


def _unset(shell: "Shell", state: State, words: List[Value], _node: Simple) -> "Ways":
    functions = "-f" in words
    for word in words:
        if not isinstance(word, str):
            state.spoil(Why("unset of a name that is not known"))
            _perhaps_fault(shell)
            return {GO: (state, None)}
        if word.startswith("-"):
            continue
        if functions:
            state.functions.pop(word, None)
        elif state.fixed.get(word):
            return _fault(shell, state)
        elif state.fixed.get(word, False) is None:
            state.values[word] = Unknown("unset")
            _perhaps_fault(shell)
        else:
            state.values[word] = None
            if state.get(word) is None and word in state.functions and shell.dialect == "bash":
                state.functions.pop(word, None)
    return {GO: (state, True)}


def _umask(shell: "Shell", state: State, words: List[Value], node: Simple) -> "Ways":
    given = [w for w in words if w not in ("-S", "-p", "--")]
    if not given:
        return {GO: (state, True)}
    mask = given[0]
    if isinstance(mask, str) and re.fullmatch(r"[0-7]{1,4}", mask):
        state.mask = format(int(mask, 8) & 0o777, "04o")
        state.where[UMASK] = (shell.path, node.line)
        return {GO: (state, True)}
    if isinstance(mask, str) and re.fullmatch(r"[0-9]+", mask):
        return {GO: (state, False)}  # no octal number
    state.where[UMASK] = (shell.path, node.line)
    state.mask = (
        _symbolic(mask) if isinstance(mask, str) else Unknown(Why("umask of {why}", why=mask.why if mask else ""))
    )
    return {GO: (state, None if isinstance(state.mask, Unknown) else True)}


def _symbolic(mask: str) -> Value:
    """Return the mask of ``u=rwx,g=rx,o=``, where it names all three; else it hangs on the one before."""
    kept = {}
    for part in mask.split(","):
        found = re.fullmatch(r"([ugoa]*)=([rwx]*)", part)
        if not found:
            return Unknown(Why("umask {mask}", mask=mask))
        bits = sum({"r": 4, "w": 2, "x": 1}[c] for c in set(found.group(2)))
        for who in "ugo" if not found.group(1) or "a" in found.group(1) else found.group(1):
            kept[who] = 7 - bits
    return "0{u}{g}{o}".format(**kept) if len(kept) == 3 else Unknown(Why("umask {mask}", mask=mask))


def _eval(shell: "Shell", state: State, words: List[Value], node: Simple) -> "Ways":
    if all(isinstance(word, str) for word in words):
        ways = shell.text(" ".join(str(word) for word in words), state, node.line)
        return shell.past_fault(ways) if shell.dialect == "zsh" else ways
    programs = [part.text for word in node.words[1:] for part in word if part.kind == "command"]
    quiet = all(_program(text) in _QUIET for text in programs) and programs
    other = [p for word in node.words[1:] for p in word if p.kind not in ("command", "text")]
    if not quiet or other:
        _lose(shell, state, node, "eval")
    return {GO: (state, None)}


def _program(text: str) -> str:
    words = [word for word in text.split() if "=" not in word]
    return words[0].rpartition("/")[2] if words and not re.search(r"[;&|`$]", text) else ""


def _emulate(shell: "Shell", state: State, words: List[Value], node: Simple) -> "Ways":
    if "-c" in words:
        before, shell.as_sh = shell.as_sh, shell.as_sh or "sh" in words or "ksh" in words
        ways = _eval(shell, state, words[words.index("-c") + 1 :], node._replace(words=()))
        shell.as_sh = before
        return ways
    return {GO: (state, None)}


def _alias(_shell: "Shell", state: State, words: List[Value], _node: Simple) -> "Ways":
    for word in words:
        if not isinstance(word, str) or ("=" in word and word.partition("=")[0] in _OWN):
            state.spoil(Why("an alias for a command of the shell"))
    return {GO: (state, None)}


def _trap(_shell: "Shell", state: State, words: List[Value], _node: Simple) -> "Ways":
    if any(not isinstance(word, str) for word in words) or {"DEBUG", "ERR", "ZERR"} & {str(word) for word in words}:
        state.spoil("a trap", watched=any(not isinstance(w, str) or may_change(w) for w in words))
    return {GO: (state, True)}


def _read(shell: "Shell", state: State, name: str, words: List[Value]) -> None:
    if name == "printf":
        if "-v" not in words:
            return
        words = words[words.index("-v") + 1 :][:1]
    if name == "let":
        for word in words:
            expand.changed(shell, state, word if isinstance(word, str) else "TMOUT=0")
        return
    for word in words:
        if not isinstance(word, str):
            state.spoil(Why("{name} into a name that is not known", name=name))
        elif re.fullmatch(r"[A-Za-z_]\w*", word):
            if shell.dialect == "zsh":
                expand.expect_open(shell, state, word)
            if not state.fixed.get(word):
                state.values[word] = Unknown(name)


def _source(shell: "Shell", state: State, words: List[Value], node: Simple) -> "Ways":
    path = words[0] if words else None
    if isinstance(path, str) and path.startswith("/"):
        return shell.file(path, state)
    if isinstance(path, Unknown) or not path or not shell.world.kind("/"):
        known = isinstance(path, Unknown) and (" file " in path.why or _placed(path.why))
        if known and isinstance(path, Unknown):
            state.spoil(path.why)  # what made the name unknown, not that it is
        else:
            _lose(shell, state, node, Why("a file that is not known"))
    else:
        _lose(shell, state, node, Why("a file that is looked for: {path}", path=path))
    return {GO: (state, None)}


def _lose(shell: "Shell", state: State, node: Simple, why: str) -> None:
    """Forget what is known, for a command that is not understood: the reason names its place."""
    told = why if _placed(why) or not shell.path else Why(_PLACE, path=shell.path, line=node.line, why=why)
    state.spoil(told)


def _placed(why: str) -> bool:
    return isinstance(why, Why) and why.said.sentence == _PLACE
