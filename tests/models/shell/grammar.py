"""Random start-up files of bash, dash and zsh that set TMOUT and umask in all the ways of shells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

_pick = st.sampled_from


def _weighted(*pairs: tuple[int, Any]) -> st.SearchStrategy[Any]:
    return _pick([value for count, value in pairs for _ in range(count)])


_number = _pick(["0", "60", "300", "600", "900", "3600"])
_mask = _pick(["022", "077", "027", "0007", "u=rwx,g=rx,o=", "u=rwx,g=,o=", "777", "9"])
_condition = _weighted(
    (3, "true"), (3, "false"), (2, "! false"), (2, "[ 1 -eq 1 ]"), (2, '[ "$(id -u)" -eq 0 ]'), (1,
    "[ `id -u` -ne 0 ]"),
    (1, '[ "$USER" = alice ]'), (2, "[ -f /etc/flag ]"), (2, "[ -e /etc/missing ]"), (1, "test -d /etc"),
    (3, '[ "${TMOUT:-0}" -ge 1 ] 2>/dev/null'), (2, '[ "$TMOUT" -gt 300 ] 2>/dev/null'), (2, '[ -z "$TMOUT" ]'),
    (1, '[ -n "${X-}" ]'), (1, '[ "${X:-a}" = a ]'), (1, '[ "$X" != b ]'), (1, "[ a = b -o 1 -lt 2 ]"),
    (1, "[ a = a -a -f /etc/flag ]"), (1, "[ ]"), (1, '[ "x" ]'), (1, '[ "" ]'), (1, "[ -r /etc/flag ] && true"),
    (1, "[ x = x ] || false"), (1, '[ "${HOME%/alice}" = /home ]'),
)  # fmt: skip
_unknown = _weighted((1, '[ -n "$SSH_TTY" ]'), (1, '[ "$TERM" = dumb ]'), (1, "grep -q x /etc/flag"))
_bash_condition = _weighted(
    (2, "[[ 1 -eq 1 ]]"), (2, "[[ $X == a* ]]"), (1, "[[ -f /etc/flag && $USER = alice ]]"), (1,
    "[[ ! -e /etc/missing ]]"),
    (1, "[[ $- == *i* ]]"), (1, '[[ "$X" != a || -z "$Y" ]]'), (1, "[[ $HOME = '/home/*' ]]"),
)  # fmt: skip


def _assignments(draw: st.DrawFn) -> str:
    number, name = draw(_number), draw(_weighted((4, "TMOUT"), (1, "X")))
    return draw(_weighted(
        (6, f"{name}={number}"), (3, f"export {name}={number}"), (3, f"readonly {name}={number}"),
        (1, f"export {name}"),
        (3, f"{name}={number}; readonly {name}; export {name}"), (2, f"readonly {name}"), (1, f'{name}="{number}"'),
        (1, f"{name}='{number}'"), (2, f"unset {name}"), (1, f'export "{name}={number}"'),
        (1, f"{name}={number} true"),
        (1, f"{name}={number} ls >/dev/null"), (1, f"{name}=6\\0\\0"), (1, f"{name}=$X"),
        (1, f'{name}="${{X:-{number}}}"'),
        (1, f": ${{{name}:={number}}}"), (1, f"{name}=${{X-{number}}}"), (1, f"N={name}; export $N={number}"),
        (1, f"N={name}; unset $N"), (1, f"'{name}'={number}"), (1, f"# {name}={number}"),
        (1, f"echo {name}={number} >/dev/null"),
        (1, f"eval '{name}={number}'"), (1, f"eval {name}={number}"),
        (1, f"readonly {name}={number} 2>/dev/null || true"),
        (1, f"{name}=\\\n{number}"), (1, f"unset -v {name}"), (1, f"{name}={number} {name}2=1"),
        (1, f"command export {name}={number}"), (1, f"command -v {name} >/dev/null"),
    ))  # fmt: skip


_bash_only = _weighted(
    (3, "typeset -xr TMOUT=300"), (2, "declare -r TMOUT=60"), (2, "typeset -x TMOUT=900"), (1, "declare TMOUT"),
    (1, "typeset +x TMOUT"), (1, "A=(1 2 TMOUT=3)"), (1, "source /etc/extra"),
)  # fmt: skip
_rare = _weighted(
    (1, "printf -v TMOUT 300"), (1, "let TMOUT=300"), (1, "(( TMOUT = 60 ))"), (1, 'eval "$UNHEARD_OF"'), (1,
    "TMOUT=$((60*5))"),
    (1, ". $UNHEARD_OF/x 2>/dev/null"), (1, "TMOUT=$(echo 300)"), (1, "declare -i TMOUT=60*5"), (1, "exit"), (1,
    "umask g-w"),
)  # fmt: skip


@st.composite
def _statement(draw: st.DrawFn, dialect: str, depth: int) -> str:
    kind = draw(_weighted(
        (12, "assign"), (5, "umask"), (0 if dialect == "dash" else 2, "bash"), (3 if depth else 0, "if"),
        (2 if depth else 0, "andor"),
        (1 if depth else 0, "case"), (1 if depth else 0, "for"), (1 if depth else 0, "function"), (1 if depth else 0,
        "while"),
        (1 if depth else 0, "subshell"), (1 if depth else 0, "group"), (1, "document"), (1, "return"), (1, "source"),
        (1, "noise"),
    ))  # fmt: skip
    if draw(_weighted((700, False), (1, True))):
        return draw(_rare) if dialect != "dash" else draw(_pick(['eval "$UNHEARD_OF"', "TMOUT=$(echo 300)", "exit"]))
    if kind == "assign":
        return _assignments(draw)
    if kind == "umask":
        return "umask " + draw(_mask) + " 2>/dev/null"
    if kind == "bash":
        return draw(_bash_only)
    if kind == "document":
        return draw(
            _pick(["cat >/dev/null <<EOF\nTMOUT=5\nreadonly TMOUT\nEOF", "cat >/dev/null <<-'E'\n\tTMOUT=5\n\tE"])
        )
    if kind == "return":
        return draw(_pick(["return", "return 0", "false && return", "true || return"]))
    if kind == "source":
        return draw(
            _pick([". /etc/extra", "[ -r /etc/extra ] && . /etc/extra", "[ -f /etc/missing ] && . /etc/missing"])
        )
    if kind == "noise":
        return draw(
            _pick(
                ["X=a", "Y=b; export Y", "alias ll='ls -l'", "PATH=$PATH:/opt", "set -o noclobber", "", "# a comment"]
            )
        )
    return _compound(draw, dialect, depth, kind)


_LOCALS = (
    "",
    "",
    "local TMOUT=5\n",
    "local TMOUT=5\n",
    "local TMOUT\n",
    "local -r TMOUT=5\n",
    "typeset -r TMOUT=5\n",
    "readonly TMOUT=7\n",
    'if [ "$X" = 300 ]; then local TMOUT=5; fi\n',
)


def _compound(draw: st.DrawFn, dialect: str, depth: int, kind: str) -> str:
    def body() -> str:
        return (
            "\n".join("  " + s for s in draw(st.lists(_statement(dialect, depth - 1), min_size=1, max_size=2)))
            + "\n  :"
        )

    def condition() -> str:
        if draw(_weighted((700, False), (1, True))):
            return draw(_unknown)
        return draw(_condition) if dialect == "dash" or draw(st.booleans()) else draw(_bash_condition)

    if kind == "if":
        text = f"if {condition()}; then\n{body()}\n  :\n"
        if draw(st.booleans()):
            text += f"elif {condition()}\nthen\n{body()}\n  :\n"
        return text + (f"else\n{body()}\n  :\n" if draw(st.booleans()) else "") + "fi"
    if kind == "andor":
        return condition() + draw(_pick([" && ", " || "])) + _assignments(draw).replace("\\\n", "")
    if kind == "case":
        word = draw(_weighted((3, '"$USER"'), (3, "$X"), (1, '"$-"'), (3, "alice")))
        return f"case {word} in\n  ali*|root) \n{body()}\n  ;;\n  *i*) :;;\n  (*)\n{body()}\nesac"
    if kind == "for":
        words = draw(_pick(["1 2", "", "60 300", "/etc/profile.d/*.sh", '"a b"']))
        return f"for i in {words}; do\n{body()}\n  {draw(_pick([':', 'break', 'continue', 'X=$i']))}\ndone"
    if kind == "function":
        called = draw(_pick(["", "\nf", "\nf; f", "\nif false; then f; fi"]))
        local = draw(_pick(_LOCALS)) if dialect != "dash" else ""
        return f"f() {{\n{local}{body()}\n  :\n}}{called}"
    if kind == "while":
        return f"while {draw(_pick(['false', 'true', '[ -e /etc/missing ]']))}; do\n{body()}\n  break\ndone"
    if kind == "subshell":
        return draw(_pick([f"(\n{body()}\n)", f"{{\n{body()}\n}} | cat", f"X=$(\n{body()}\n)", f"{{\n{body()}\n}} &"]))
    return f"{{\n{body()}\n}}"


@st.composite
def _file(draw: st.DrawFn, dialect: str, most: int = 4) -> str:
    lines = draw(st.lists(_statement(dialect, 2), min_size=1, max_size=most))
    first = draw(
        _weighted((8, "X=300\n"), (4, "X=a\n"), (6, "X=60; Y=\n"), (6, "X=; Y=b\n"))
    )  # else they may be in the environment
    return first + "".join(line + "\n" for line in lines)


_LOOPS = (
    "for i in /etc/profile.d/*.sh; do\n  if [ -r $i ]; then\n    . $i\n  fi\ndone\nunset i\n",
    "for i in $(run-parts --list --regex '^[a-zA-Z0-9_][a-zA-Z0-9._-]*\\.sh$' /etc/profile.d); do\n  . $i\ndone\n",
    'if [ "${PS1-}" ]; then\n  if [ "${BASH-}" ] && [ "$BASH" != "/bin/sh" ]; then\n    . /etc/bash.bashrc\n  fi\nfi\n',
)
_GUARD = "case $- in\n    *i*) ;;\n      *) return;;\nesac\n"
_OWN = 'if [ -n "$BASH_VERSION" ]; then\n  if [ -f "$HOME/.bashrc" ]; then\n    . "$HOME/.bashrc"\n  fi\nfi\n'


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Return the files, and the account that logs in with which shell."""
    dialect = draw(_weighted((4, "bash"), (2, "dash"), (2, "zsh")))
    name = draw(_weighted((3, "alice"), (1, "root")))
    home = {"alice": "/home/alice", "root": "/root"}[name]
    common = "dash" if dialect == "dash" or draw(st.booleans()) else dialect
    files = {"/etc/extra": draw(_file(common, 2)).replace("/etc/extra", "/etc/missing")}
    if dialect == "zsh":
        places = [f"/etc/zsh/{n}" for n in ("zshenv", "zprofile", "zshrc", "zlogin")]
        places += [f"{home}/.{n}" for n in ("zshenv", "zprofile", "zshrc", "zlogin")] + ["/etc/profile"]
        for place in draw(st.lists(_pick(places), min_size=1, max_size=3, unique=True)):
            files[place] = draw(_file(dialect, 3))
        if draw(_weighted((3, False), (1, True))):
            files["/etc/zsh/zprofile"] = "emulate sh -c '. /etc/profile'\n"
            files.setdefault("/etc/profile", draw(_file("dash", 3)))
    else:
        files["/etc/profile"] = draw(_file(common, 3)) + "".join(draw(st.lists(_pick(_LOOPS), max_size=2, unique=True)))
        files["/etc/bash.bashrc"] = draw(_file("bash", 2))
        for part in draw(st.lists(_pick(["10-a.sh", "zz.sh", "b.sh.bak", ".hidden.sh"]), max_size=2, unique=True)):
            files["/etc/profile.d/" + part] = draw(_file(common, 2))
        own = draw(st.lists(_pick([".profile", ".bash_profile", ".bash_login", ".bashrc"]), max_size=2, unique=True))
        for place in own:
            files[f"{home}/{place}"] = draw(_pick(["", _GUARD, _OWN])) + draw(_file(dialect, 2))
    return {"files": files, "shell": dialect, "account": name}


_CONSTRUCTS = {
    "readonly": "readonly|-x?r", "condition": r"\bif |&&|\|\|", "case": r"\bcase ", "loop": r"\b(for|while) ",
    "function": r"f\(\)",
    "here-document": "<<", "return": r"\breturn", "eval": r"\beval", "subshell": r"^\(|\| cat|\$\(",
    "unset": r"\bunset",
    "file sourced": r"(^|[ ;])(\.|source) ", "umask": "umask", ":=": ":=", "[[": r"\[\[",
    "arithmetic": r"printf -v|\blet |\(\(",
    "local": r"\blocal", "typeset": "typeset|declare", "run-parts": "run-parts", "continuation": r"\\\n",
    "quotes": "['\"]",
}  # fmt: skip


def constructs(case: dict[str, Any]) -> Iterator[str]:
    """Yield what a case uses."""
    text = "".join(case["files"].values())
    yield case["shell"]
    yield from (name for name, pattern in _CONSTRUCTS.items() if re.search(pattern, text, re.MULTILINE))
