"""What an undo takes with a package: all that it brought, and nothing that somebody else has put where it clears."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from rempart_testing.acts_packages import do_packages, undo_package
from rempart_testing.acts_tree import Tree, build_package, index_packages, make_tree, state_of

from rempart_fix import account_use, apt, change, kept_logs, systemd
from rempart_fix.acts import package
from rempart_fix.contract import Undone
from rempart_fix.place import Place

# As auditd, cron-daemon-common, chrony and systemd-journal-remote of Debian 13 do it, each in a part.
_POSTINST = """#!/bin/sh
set -e
grep -q ^served: /etc/passwd || adduser --system --group --uid 917 --quiet --home /nonexistent --no-create-home served
mkdir -p /var/lib/served /var/log/served
echo made > /var/lib/served/key
test -L /etc/served.d/on || ln -s ../served.conf /etc/served.d/on
"""
_POSTRM = """#!/bin/sh
set -e
if [ "$1" = "purge" ]; then
    rm -rf /var/lib/served /var/log/served
    rm -f /etc/served.d/on /etc/served.allow
    rmdir /etc/served.d 2>/dev/null || true
fi
"""
_SEEN = """
dpkg-query -W; cat /etc/passwd /etc/group /etc/shadow /etc/gshadow; cat /var/lib/ucf/registry /var/lib/ucf/hashfile || :
find /etc /var/lib/served* /var/log/served* | sort || :
find /etc -type f | grep -v -e -$ -e ld.so.cache | sort | xargs sha256sum
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with make_tree(tmp_path_factory.mktemp("purge"), offer=True) as made:
        made.run("apt-get -y -q --no-install-recommends install adduser")
        own = made.path("/srv/own")
        own.mkdir()
        files = {"etc/served.conf": "a = 1\\n", "etc/served.d/one": "b\\n", "DEBIAN/postinst": _POSTINST}
        files |= {"DEBIAN/conffiles": "/etc/served.conf\\n/etc/served.d/one\\n", "DEBIAN/postrm": _POSTRM}
        build_package(own, "served", files={path: text.replace("\\n", "\n") for path, text in files.items()})
        fails = {"DEBIAN/postinst": f"{_POSTINST}exit 1\n", "DEBIAN/postrm": _POSTRM, "etc/served.d/one": "b\n"}
        build_package(own, "failing", files=fails)
        index_packages(made)
        yield made


def see(tree: Tree) -> list[str]:
    said = tree.run(_SEEN).splitlines()
    return [line for line in said if not line.endswith(("-", ".lock", "ld.so.cache")) and "No such file" not in line]


def test_all_that_a_package_and_its_scripts_brought_goes(tree: Tree) -> None:
    before = see(tree)
    (act,) = do_packages(tree, "served")
    assert tree.run("id -nu served; cat /etc/served.d/on /var/lib/served/key") == "served\na = 1\nmade\n"
    assert undo_package(tree, act) == Undone("back")
    assert see(tree) == before


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/etc/served.allow", "served (/etc/served.allow)"),
        ("/var/lib/served/theirs", "served (/var/lib/served/theirs)"),
        ("/var/lib/served/key", "served (/var/lib/served/key)"),
        ("/etc/served.conf", "served (/etc/served.conf)"),
        ("/etc/served.conf~", "served (/etc/served.conf~)"),
        ("/etc/served.d/one.bak", "served (/etc/served.d/one.bak)"),
    ],
)
def test_what_somebody_has_put_where_its_purge_clears_stays_and_is_named(tree: Tree, path: str, named: str) -> None:
    (act,) = do_packages(tree, "served")
    tree.path(path).write_text("theirs\n")
    assert undo_package(tree, act) == Undone(
        "back",
        (f"configuration files stay: {named}", f"des fichiers de configuration restent\u00a0: {named}"),
        "dpkg --purge served",
    )
    assert tree.read(path) == "theirs\n"
    assert state_of(tree, "served") == {"served": "rc"}
    assert package.find_left(act, tree.place).why[0] == f"configuration files stay: {named}"


def test_logs_stay_where_they_are_and_the_rest_goes(tree: Tree) -> None:
    before = see(tree)
    (act,) = do_packages(tree, "served")
    tree.run("mkdir -m 750 /var/log/served/old; chgrp adm /var/log/served/old; echo a > /var/log/served/old/a.log")
    tree.run("echo b > /var/log/served/b; chown served: /var/log/served/b; touch /var/log/served/empty.log")
    shown = (
        "cd /var/log/served; find . -type f | sort | xargs stat -c '%n %a %u %G %h'; stat -c '%a %G' old; cat b old/*"
    )
    stood = tree.run(shown)
    package.undo(act, tree.place, force=False, dry=False)
    assert tree.run(shown) == stood.replace("./empty.log 644 0 root 1\n", "")
    assert state_of(tree, "served") == {"served": ""}
    assert not tree.path("/var/log/.rempart-kept").exists()
    tree.run("chown -R root: /var/log/served; deluser --quiet served")
    assert [line for line in see(tree) if not line.startswith("/var/log/served")] == before


def test_logs_of_an_account_that_a_purge_takes_are_roots(tree: Tree) -> None:
    script = "if [ $1 = purge ]; then rm -rf /var/log/ousted; userdel ousted; fi"
    makes = "adduser --system --group --uid 918 --quiet --home /nonexistent ousted; mkdir -p /var/log/ousted"
    files = {"DEBIAN/postinst": f"#!/bin/sh\n{makes}\n", "DEBIAN/postrm": f"#!/bin/sh\n{script}\n"}
    build_package(tree.path("/srv/own"), "ousts", files=files)
    index_packages(tree)
    (act,) = do_packages(tree, "ousts")
    tree.run("echo b > /var/log/ousted/b; chown -R ousted: /var/log/ousted")
    assert undo_package(tree, act) == Undone("back")
    assert (
        tree.run("stat -c '%U %G' /var/log/ousted /var/log/ousted/b; cat /var/log/ousted/b")
        == "root root\n" * 2 + "b\n"
    )


def test_what_a_removed_package_left_running_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian's unattended-upgrades has no script that stops it; systemd then shows ``not-found`` and ``active``."""
    ran: list[list[str]] = []
    shown = {
        "left.service": ("not-found", "active"),
        "masked.service": ("masked", "active"),
        "gone.service": ("not-found", "inactive"),
        "theirs.service": ("loaded", "active"),
    }

    def run(words: list[str], _seconds: float = 0) -> tuple[int, str]:
        ran.append(words)
        rows = [f"Id={name}\nLoadState={load}\nActiveState={active}\n" for name, (load, active) in shown.items()]
        return 0, "\n".join(rows) if words[1] == "show" else ""

    monkeypatch.setattr(systemd, "is_running", lambda _: True)
    apt._tell_systemd(list(shown), cast(Place, SimpleNamespace(run=run)))
    assert [words for words in ran if words[1] == "stop"] == [["systemctl", "stop", "--", "left.service"]]


def test_where_logs_can_have_no_second_name_nothing_is_purged(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    (act,) = do_packages(tree, "served")
    tree.path("/var/log/served/b").write_text("b\n")
    monkeypatch.setattr(os, "link", fail)
    assert package.undo(act, tree.place, force=False, dry=False).by_hand == "dpkg --purge served"
    assert (tree.read("/var/log/served/b"), state_of(tree, "served")) == ("b\n", {"served": "rc"})
    assert not tree.path("/var/log/.rempart-kept").exists()


def test_logs_that_a_run_was_cut_off_over_are_given_back_by_the_next(tree: Tree) -> None:
    (act,) = do_packages(tree, "served")
    tree.path("/var/log/served/b").write_text("b\n")
    kept_logs.keep(["/var/log/served/b"], tree.place)
    tree.run("dpkg --purge served")
    assert not tree.path("/var/log/served").exists()
    assert undo_package(tree, act).word == "back"
    assert tree.read("/var/log/served/b") == "b\n"
    assert not tree.path("/var/log/.rempart-kept").exists()


def test_what_lay_there_before_the_package_stays(tree: Tree) -> None:
    tree.path("/var/lib/served").mkdir()
    tree.path("/var/lib/served/key").write_text("theirs\n")
    (act,) = do_packages(tree, "served")
    assert undo_package(tree, act).by_hand == "dpkg --purge served"
    assert tree.path("/var/lib/served/key").exists()


@pytest.mark.parametrize("text", ["mine", "a = 1"])
def test_settings_that_were_left_before_are_as_they_were(tree: Tree, text: str) -> None:
    tree.run(f"apt-get -y -q install served; echo {text} > /etc/served.conf; dpkg --remove served")
    before = see(tree)
    (act,) = do_packages(tree, "served")
    assert act["before"] == {"served": "rc"}
    assert undo_package(tree, act) == Undone("back")
    assert see(tree) == before
    assert (tree.read("/etc/served.conf"), state_of(tree, "served")) == (f"{text}\n", {"served": "rc"})


def test_an_account_that_was_there_before_is_nobodys_to_take(tree: Tree) -> None:
    tree.run("adduser --system --group --uid 917 --quiet --no-create-home --home /nonexistent served")
    (act,) = do_packages(tree, "served")
    assert undo_package(tree, act) == Undone("back")
    assert tree.run("id -nu served") == "served\n"


def test_a_purge_that_would_take_an_account_of_before_is_not_done(tree: Tree) -> None:
    """As redis-tools and chrony do it."""
    tree.run("adduser --system --group --uid 917 --quiet --no-create-home --home /nonexistent ousted")
    ousts = {"DEBIAN/postrm": "#!/bin/sh\nif [ $1 = purge ]; then userdel ousted || true; fi\n"}
    build_package(tree.path("/srv/own"), "ousts", files=ousts)
    index_packages(tree)
    (act,) = do_packages(tree, "ousts")
    assert undo_package(tree, act).by_hand == "dpkg --purge ousts"
    assert tree.run("id -nu ousted") == "ousted\n"


def test_an_account_that_owns_a_file_of_others_stays_and_is_named(tree: Tree) -> None:
    (act,) = do_packages(tree, "served")
    tree.run("touch /srv/theirs; chown served /srv/theirs")
    left = package.undo(act, tree.place, force=False, dry=False)
    assert (left.word, left.why[0], left.by_hand) == (
        "back", "accounts stay: /srv/theirs is served’s", "userdel served")  # fmt: skip
    assert tree.run("id -nu served") == "served\n"
    assert package.find_left(act, tree.place).why[0] == "accounts stay: served"


@pytest.mark.parametrize(
    ("theirs", "why"),
    [
        ("adduser --quiet served games", "served is in group games"),
        ("usermod -p '$y$j9T$theirs' served", "served was changed since"),
        ("usermod -s /bin/sh served", "served was changed since"),
    ],
)
def test_an_account_of_which_somebody_else_has_made_use_stays_and_is_named(tree: Tree, theirs: str, why: str) -> None:
    (act,) = do_packages(tree, "served")
    tree.run(theirs)
    before = tree.run("cat /etc/passwd /etc/shadow /etc/group")
    left = package.undo(act, tree.place, force=False, dry=False)
    assert (left.word, left.why[0]) == ("back", f"accounts stay: {why}")
    assert tree.run("cat /etc/passwd /etc/shadow /etc/group") == before


def test_a_group_that_somebody_else_uses_stays_and_is_named(tree: Tree) -> None:
    (act,) = do_packages(tree, "served")
    tree.run("usermod -aG served games")
    left = package.undo(act, tree.place, force=False, dry=False)
    assert (left.word, left.why[0]) == ("back", "accounts stay: served has members: games")
    assert tree.run("getent group served").endswith(":games\n")


def test_an_account_that_another_package_makes_too_stays(tree: Tree) -> None:
    (act,) = do_packages(tree, "served")
    makes = {"usr/lib/sysusers.d/site.conf": 'u served - "Of a test"\n'}
    build_package(tree.path("/srv/own"), "site", files=makes)
    index_packages(tree)
    tree.run("apt-get -y -q install site")
    left = package.undo(act, tree.place, force=False, dry=False)
    assert (left.word, left.why[0]) == ("back", "accounts stay: served stands in /usr/lib/sysusers.d/site.conf")
    assert tree.run("id -nu served") == "served\n"


def test_a_purge_that_was_cut_off_goes_on(tree: Tree) -> None:
    dies = "#!/bin/sh\nif [ $1 = purge ] && rm /run/die 2>/dev/null; then kill -9 $PPID; fi\n"
    conf = {"etc/felled.conf": "a = 1\n", "DEBIAN/conffiles": "/etc/felled.conf\n", "DEBIAN/postrm": dies}
    build_package(tree.path("/srv/own"), "felled", files=conf)
    index_packages(tree)
    before = see(tree)
    (act,) = do_packages(tree, "felled")
    tree.path("/run/die").touch()
    tree.run("dpkg --purge felled", check=False)
    assert not tree.path("/run/die").exists()
    assert "felled" in tree.run("dpkg-query -W")
    assert undo_package(tree, act) == Undone("back")
    assert see(tree) == before


def test_an_installation_that_fails_leaves_no_account(tree: Tree) -> None:
    before = see(tree)
    (done,) = change.fix(tree.place, [{"check": "AAA-01", "packages": [{"name": "failing"}]}])["fixes"]
    assert done["failed"]
    assert see(tree) == before


def test_packages_of_the_profile_leave_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of Debian itself that fixes of a benchmark bring, of whose scripts each does something of its own."""
    # a tree has no processes of its own: those of this machine may have the number of an account that comes
    monkeypatch.setattr(account_use, "_find_process", lambda *_, **__: 0)
    names = [
        *("apparmor", "auditd", "chrony", "clamav-freshclam", "cracklib-runtime", "cron", "logrotate", "rsyslog"),
        *("systemd-journal-remote", "unattended-upgrades"),
    ]
    data = {"clamav-freshclam": ["/var/lib/clamav"]}
    with make_tree(tmp_path, offer=True, size="700m") as tree:
        before = see(tree)
        specs = [{"name": name, **({"data": data[name]} if name in data else {})} for name in names]
        fixes = [{"check": f"AAA-{n:02}", "packages": [spec]} for n, spec in enumerate(specs, 1)]
        done = change.fix(tree.place, fixes)["fixes"]
        assert [one["failed"] for one in done] == [False] * len(names), done
        rows = change.take_back(tree.place)["rows"]
        assert {(row["word"], row["why"][0]) for row in rows} == {("back", "")}
        assert see(tree) == before
