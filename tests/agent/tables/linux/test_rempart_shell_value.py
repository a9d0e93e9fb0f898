"""Table rempart_shell_value, from real files; its model is held against bash, dash and zsh in tests/models/shell."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from rempart_agent.models.shell.nodes import Strange
from rempart_agent.models.shell.syntax import Parser
from rempart_agent.source.contract import Denied, Query
from rempart_agent.tables.linux import rempart_shell_value
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]
# Of Debian 13: base-files, bash, and what a new account gets.
PROFILE = r"""
if [ "$(id -u)" -eq 0 ]; then
  PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
else
  PATH="/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"
fi
export PATH

if [ "${PS1-}" ]; then
  if [ "${BASH-}" ] && [ "$BASH" != "/bin/sh" ]; then
    if [ -f /etc/bash.bashrc ]; then
      . /etc/bash.bashrc
    fi
  else
    if [ "$(id -u)" -eq 0 ]; then
      PS1='# '
    else
      PS1='$ '
    fi
  fi
fi

if [ -d /etc/profile.d ]; then
  for i in $(run-parts --list --regex '^[a-zA-Z0-9_][a-zA-Z0-9._-]*\.sh$' /etc/profile.d); do
    if [ -r $i ]; then
      . $i
    fi
  done
  unset i
fi
"""
BASHRC = r"""
case $- in
    *i*) ;;
      *) return;;
esac
HISTCONTROL=ignoreboth
shopt -s histappend
[ -x /usr/bin/lesspipe ] && eval "$(SHELL=/bin/sh lesspipe)"
if [ -z "${debian_chroot:-}" ] && [ -r /etc/debian_chroot ]; then
    debian_chroot=$(cat /etc/debian_chroot)
fi
if [ -x /usr/bin/dircolors ]; then
    test -r ~/.dircolors && eval "$(dircolors -b ~/.dircolors)" || eval "$(dircolors -b)"
    alias ls='ls --color=auto'
fi
if ! shopt -oq posix; then
  if [ -f /usr/share/bash-completion/bash_completion ]; then
    . /usr/share/bash-completion/bash_completion
  fi
fi
"""
OWN = 'if [ -n "$BASH_VERSION" ]; then\n    if [ -f "$HOME/.bashrc" ]; then\n\t. "$HOME/.bashrc"\n    fi\nfi\n'
DEBIAN = {
    "/etc/profile": PROFILE,
    "/etc/bash.bashrc": '# System-wide .bashrc\n[ -z "${PS1-}" ] && return\nshopt -s checkwinsize\n',
    "/etc/profile.d/70-systemd-shell-extra.sh": '[ -n "${BASH_VERSION:-}" ] || return 0\n',
    "/home/alice/.profile": OWN,
    "/home/alice/.bashrc": BASHRC,
    "/usr/bin/lesspipe": "",
    "/usr/bin/dircolors": "",
    "/usr/share/bash-completion/bash_completion": 'eval "$1"\n',
}
PASSWD = (
    "root:x:0:0::/root:/bin/bash\ndaemon:x:1:1::/:/usr/sbin/nologin\nalice:x:1000:1000::/home/alice:/bin/bash\n"
    "zoe:x:1001:1001::/home/zoe:/usr/bin/zsh\nsid:x:1002:1002::/home/sid:/bin/dash\n"
)
FIX = """# Rempart, IDL-01
if ! [ "${TMOUT:-0}" -ge 1 ] 2>/dev/null || [ "$TMOUT" -gt 900 ]; then
    TMOUT=900
fi
readonly TMOUT
export TMOUT
"""


def _tmout(target: Any) -> dict[str, tuple[Any, ...]]:
    found = rempart_shell_value.rows(target, Query())
    return {r["account"]: (r["seconds"], r["fixed"]) for r in found if r["name"] == "TMOUT"}


@pytest.fixture
def ask(root_of: RootOf) -> Callable[..., dict[str, tuple[Any, ...]]]:
    """Return TMOUT by account of a Debian with some more files."""

    def answer(files: Mapping[str, str]) -> dict[str, tuple[Any, ...]]:
        return _tmout(root_of({"/etc/passwd": PASSWD, **DEBIAN, **files}))

    return answer


Ask = Callable[..., "dict[str, tuple[Any, ...]]"]
NONE = (0, 0)


def test_debian_as_installed_sets_nothing_and_that_is_known(ask: Ask) -> None:
    assert ask({}) == dict.fromkeys(("root", "alice", "zoe", "sid"), NONE)


def test_our_own_fix_is_understood_and_zsh_needs_its_own(ask: Ask) -> None:
    files = {"/etc/profile.d/zzz-rempart-idl-01.sh": FIX}
    assert ask(files) == {"root": (900, 1), "alice": (900, 1), "sid": (900, 1), "zoe": NONE}
    zshrc = 'typeset -A key\nkey=(\n  Home "${terminfo[khome]}"\n)\n(( ${+aliases[run-help]} )) && unalias run-help\n'
    block = "# BEGIN Rempart, IDL-01\n" + FIX + "# END Rempart, IDL-01\n"
    assert ask({**files, "/etc/zsh/zshrc": zshrc + block})["zoe"] == (900, 1)


def test_our_own_fix_keeps_what_is_stricter(ask: Ask) -> None:
    files = {"/etc/profile.d/10-strict.sh": "TMOUT=300\n", "/etc/profile.d/zzz-rempart-idl-01.sh": FIX}
    assert ask(files)["alice"] == (300, 1)


@pytest.mark.parametrize(
    "text",
    [
        "return\nreadonly TMOUT=900\n",
        "cat <<EOF >/dev/null\nreadonly TMOUT=900\nEOF\n",
        "if false; then readonly TMOUT=900; fi\n",
        "f() { readonly TMOUT=900; }\n",
        "# readonly TMOUT=900\n",
        "(readonly TMOUT=900)\n",
        "readonly TMOUT=900 | cat\n",
        'if [ "$(id -u)" -eq 0 ]; then readonly TMOUT=900; fi\n',
        "case $- in *i*) return ;; esac\nreadonly TMOUT=900\n",
        "echo 'readonly TMOUT=900' >/dev/null\n",
        "exit_() { return; }; false && readonly TMOUT=900\n",
        "while false; do readonly TMOUT=900; done\n",
    ],
)
def test_what_looks_like_a_setting_and_is_none_counts_for_nothing(ask: Ask, text: str) -> None:
    assert ask({"/etc/profile.d/tmout.sh": text})["alice"] == NONE


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("TMOUT=900; readonly TMOUT; export TMOUT\n", (900, 1)),
        ("typeset -xr TMOUT=300\n", (300, 1)),
        ("set_it() { readonly TMOUT=600; }\nset_it\n", (600, 1)),
        ("eval 'TMOUT=60'\n", (60, 0)),
        (": ${TMOUT:=60}\n", (60, 0)),
        ("TMOUT=900\nunset TMOUT\n", (0, 0)),
        ("readonly TMOUT=900\nTMOUT=5\nunset TMOUT\n", (900, 1)),
        ("TMOUT=300s; readonly TMOUT\n", (0, 1)),
        ("N=TMOUT; readonly $N=120\n", (120, 1)),
        ("TMOUT=\\\n900\n", (900, 0)),
        ('if [ -n "$SSH_TTY" ]; then TMOUT=900; else TMOUT=900; fi\n', (900, 0)),
    ],
)
def test_a_setting_counts_however_it_is_written(ask: Ask, text: str, value: tuple[int, int]) -> None:
    assert ask({"/etc/profile.d/tmout.sh": text})["alice"] == value


@pytest.mark.parametrize(
    "text",
    [
        'if [ -n "$SSH_TTY" ]; then readonly TMOUT=900; fi\n',
        'eval "$(site-settings)"\n',
        "printf -v TMOUT 900\n",
        "let TMOUT=900\n",
        "TMOUT=$((15 * 60))\n",
        "TMOUT=${SITE_TMOUT:-900}\n",
        '. "$SITE_PROFILE"\n',
        "read TMOUT < /etc/tmout\n",
        "if TMOUT=900\n",
        "declare -n other=TMOUT\n",
        "$COMMAND\n",
        "trap 'TMOUT=0' DEBUG\n",
    ],
)
def test_what_can_not_be_told_is_unknown(ask: Ask, text: str) -> None:
    assert ask({"/etc/profile.d/tmout.sh": text})["alice"][0] is None


@pytest.mark.parametrize(("run", "value"), [(":", (900, 0)), ('eval "$(site-settings)"', (None, None))])
def test_what_is_not_understood_in_a_function_may_reach_what_lies_outside(ask: Ask, run: str, value: object) -> None:
    """bash sets the variable outside by declare -g, though the function has one of that name."""
    text = f"TMOUT=900\nf() {{\n  local TMOUT=5\n  {run}\n}}\nf\n"
    assert ask({"/etc/profile": text, "/home/alice/.profile": "", "/home/alice/.bashrc": ""})["alice"] == value


@pytest.mark.parametrize(
    ("system", "own", "value"),
    [
        ("TMOUT=900\n", "unset TMOUT\n", NONE),
        ("readonly TMOUT=900\n", "unset TMOUT\n", (900, 1)),
        ("", "readonly TMOUT=900\n", (900, 0)),
        ("readonly TMOUT=900\n", 'eval "$(x)"\n', (900, 1)),
        ("TMOUT=900\n", 'eval "$(x)"\n', (None, 0)),
    ],
)
def test_own_files_change_what_is_not_fixed_and_fix_nothing(ask: Ask, system: str, own: str, value: object) -> None:
    assert ask({"/etc/profile.d/a.sh": system, "/home/alice/.bashrc": own})["alice"] == value


def test_an_account_whose_zsh_may_pass_the_systems_files_by_is_unknown(ask: Ask) -> None:
    files = {"/home/zoe/.zshenv": "setopt no_global_rcs\n", "/etc/zsh/zshrc": "readonly TMOUT=5\n"}
    assert ask(files)["zoe"] == (None, 1)


def test_the_environment_of_a_session_may_bring_it(ask: Ask) -> None:
    assert ask({"/etc/environment": 'TMOUT="700"\n'})["alice"] == (700, 0)


def test_umask_is_told_too(root_of: RootOf) -> None:
    target = root_of(
        {
            "/etc/passwd": PASSWD,
            **DEBIAN,
            "/etc/profile.d/u.sh": "umask u=rwx,g=rx,o=\n",
            "/root/.profile": "umask g-w\n",
        }
    )
    found = {
        r["account"]: (r["value"], r["known"])
        for r in rempart_shell_value.rows(target, Query())
        if r["name"] == "umask" and not r["file"]
    }
    assert found == {"root": ("", 0), "alice": ("0027", 1), "sid": ("0027", 1), "zoe": ("", 1)}


# Of setup 2.13.7 and bash 5.1.8 (RHEL 9), as far as they touch PATH and the mask.
REDHAT = {
    "/etc/profile": """pathmunge () {
    case ":${PATH}:" in
        *:"$1":*) ;;
        *)
            if [ "$2" = "after" ] ; then
                PATH=$PATH:$1
            else
                PATH=$1:$PATH
            fi
    esac
}
EUID=`id -u`
if [ "$EUID" = "0" ]; then
    pathmunge /usr/sbin
    pathmunge /opt/sbin
else
    pathmunge /usr/sbin after
fi
if [ -n "${BASH_VERSION-}" ] ; then
    . /etc/bashrc
fi
""",
    "/etc/bashrc": "if ! shopt -q login_shell ; then\n    [ `umask` -eq 0 ] && umask 022\nfi\n",
    "/root/.bash_profile": "if [ -f ~/.bashrc ]; then\n    . ~/.bashrc\nfi\nPATH=$PATH:$HOME/bin\nexport PATH\n",
    "/root/.bashrc": "if [ -f /etc/bashrc ]; then\n    . /etc/bashrc\nfi\numask 077\n",
}


def _rows(target: Any, name: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    return {
        (r["account"], r["file"], r["uid"]): (r["value"], r["known"], r["either"])
        for r in rempart_shell_value.rows(target, Query())
        if r["name"] == name
    }


def test_the_path_of_root_is_told_with_what_a_function_adds(root_of: RootOf) -> None:
    begins = "/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin"
    found = _rows(root_of({"/etc/passwd": PASSWD, **REDHAT}), "PATH")
    assert found == {("root", "", 0): (f"/opt/sbin:{begins}:/root/bin", 1, "")}
    begun = {"/etc/login.defs": "ENV_SUPATH\tPATH=/sbin:/bin\n", **REDHAT}
    assert _rows(root_of({"/etc/passwd": PASSWD, **begun}), "PATH")["root", "", 0][0].startswith(
        "/opt/sbin:/usr/sbin:/sbin"
    )
    taken = {"/etc/environment": 'PATH="/bin:"\n', **REDHAT}
    assert (
        _rows(root_of({"/etc/passwd": PASSWD, **taken}), "PATH")["root", "", 0][0]
        == "/opt/sbin:/usr/sbin:/bin::/root/bin"
    )


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("PATH=.:$PATH\n", ".:/sbin"),
        ("PATH=$PATH:\n", "/sbin:"),
        ("add() { PATH=$PATH:$1; }\nadd /opt/a\nadd '/b c'\n", "/sbin:/opt/a:/b c"),
        ("add() { shift; PATH=$PATH:$1; }\nadd /opt/a /opt/b\n", None),
        ("add() { PATH=$PATH:$1; }\nadd $SOMEWHERE\n", None),
        ("add() { one /x; PATH=$PATH:$1; }\none() { :; }\nadd /opt/a\n", "/sbin:/opt/a"),
        ("eval $(/opt/env)\n", None),
        ('if [ -n "$SSH_TTY" ]; then PATH=$PATH:/opt/a; fi\n', None),
        ("case ':a*b:' in *:\"$X\":*) PATH=/x ;; esac\n", None),
        ("f() { case ':a*b:' in *:\"$1\":*) PATH=/x ;; esac; }\nf 'a*b'\nf 'ab'\n", "/x"),
        ("f() { case ':axb:' in *:\"$1\":*) PATH=/x ;; esac; }\nf 'a*b'\n", "/sbin"),
        ("PATH=/opt /bin/true\n", "/sbin"),
        ("(PATH=/x)\n", "/sbin"),
    ],
)
def test_paths_as_bash_has_them(root_of: RootOf, text: str, path: str | None) -> None:
    files = {"/etc/passwd": PASSWD, "/etc/login.defs": "ENV_SUPATH PATH=/sbin\n", "/etc/profile": text}
    assert _rows(root_of(files), "PATH")["root", "", 0][:2] == (path or "", int(path is not None))
    if path is not None:
        said = subprocess.run(
            ["/bin/bash", "--noprofile", "--norc", "-c", f'PATH=/sbin\n{text}\nprintf %s "$PATH"'],
            capture_output=True, text=True, check=True, env={"PATH": "/sbin"},
        )  # fmt: skip
        assert said.stdout == path


def test_each_file_tells_the_mask_that_it_sets_by_itself(root_of: RootOf) -> None:
    target = root_of({"/etc/passwd": PASSWD, **REDHAT})
    found = {key[1:]: value for key, value in _rows(target, "umask").items() if not key[0]}
    assert found == {
        ("/etc/profile", 0): ("", 0, "- 0022"),
        ("/etc/profile", 1000): ("", 0, "- 0022"),
        ("/etc/bashrc", 0): ("", 0, "- 0022"),
        ("/etc/bashrc", 1000): ("", 0, "- 0022"),
        ("/root/.bash_profile", 0): ("0077", 1, ""),
        ("/root/.bashrc", 0): ("0077", 1, ""),
    }


def test_dash_does_not_read_what_bash_reads(root_of: RootOf) -> None:
    """What /etc/profile takes from bash's own file is not there for a login with /bin/sh."""
    target = root_of({"/etc/passwd": PASSWD, **DEBIAN, "/etc/bash.bashrc": "umask 027\n", "/usr/bin/dash": ""})
    (Path(target.root) / "bin").mkdir(exist_ok=True)
    (Path(target.root) / "bin/sh").symlink_to("/usr/bin/dash")
    rows = [r for r in rempart_shell_value.rows(target, Query()) if r["file"] == "/etc/profile"]
    assert [(r["dialect"], r["uid"], r["value"]) for r in rows] == [
        ("bash", 0, "0027"),
        ("bash", 1000, "0027"),
        ("dash", 1000, ""),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("umask 027\n", ("0027", 1, "")),
        ("umask 077\numask 022\n", ("0022", 1, "")),
        ("if x; then umask 027; else umask 077; fi\n", ("", 0, "0027 0077")),
        ("if x; then if y; then umask 002; fi; fi\n", ("", 0, "- 0002")),
        ('if x; then umask 027; else eval "$(y)"; fi\n', ("", 0, "")),
        ("umask $MASK\n", ("", 0, "")),
        ("# umask 027\n", ("", 1, "")),
        ("return\numask 027\n", ("", 1, "")),
        ("x && return\numask 027\n", ("", 0, "- 0027")),
    ],
)
def test_masks_under_a_condition_are_listed(root_of: RootOf, text: str, told: tuple[Any, ...]) -> None:
    found = _rows(root_of({"/etc/passwd": PASSWD, "/etc/bash.bashrc": text}), "umask")
    assert found["", "/etc/bash.bashrc", 1000] == told


@pytest.mark.parametrize(("text", "wanted"), [("readonly TMOUT=900\n", (900, 1)), ("TMOUT=900\n", (None, 0))])
def test_own_files_that_may_not_be_read_leave_what_is_fixed(
    root_of: RootOf, deny: Deny, text: str, wanted: object
) -> None:
    target = root_of({"/etc/passwd": PASSWD, **DEBIAN, "/etc/profile.d/a.sh": text})
    deny(target, "/home/alice")
    assert _tmout(target)["alice"] == wanted


def test_a_profile_that_may_not_be_read_raises(root_of: RootOf, deny: Deny) -> None:
    target = root_of({"/etc/passwd": PASSWD, **DEBIAN})
    deny(target, "/etc/profile")
    with pytest.raises(Denied):
        list(rempart_shell_value.rows(target, Query()))


@pytest.mark.parametrize("path", ["/etc/profile", "/etc/bash.bashrc", "/etc/skel/.bashrc", "/etc/skel/.profile"])
def test_what_this_machine_has_is_read(path: str) -> None:
    if not Path(path).is_file():
        pytest.skip("not here")
    Parser(Path(path).read_text(encoding="utf-8")).units()


@pytest.mark.parametrize(
    "unit", ["((", "$(", "${x:-", "if ", "`", "'", "<<E ", "a\\\n", "f(){", "[[ ", "{ ", "case x in (", "$((1"]
)
def test_a_hostile_file_takes_no_longer_than_its_length(unit: str) -> None:
    with pytest.raises(Strange):
        Parser(unit * (128 * 1024 // len(unit)) + ")").units()
