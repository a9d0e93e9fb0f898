"""Random acts of ours and of others, interleaved, then an undo: the tree equals its twin, where only the others worked.

``REMPART_SEQUENCES=200`` runs more of them; the acts of others are those of the real programs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from rempart_testing.acts_tree import Tree, build_package, index_packages, make_tree

from rempart_fix.acts import account, package
from rempart_fix.contract import Act, Refusal
from rempart_fix.sight import Sight

_FILES = ("passwd", "shadow", "group", "gshadow")
_NAMES = ("anna", "ben", "carl")
_GROUPS = ("team", "users")
_HASH = "$6$abcdefgh${}$0123456789012345678901234567890123456789"
_SEQUENCES = int(os.environ.get("REMPART_SEQUENCES", "0"))
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)


def _settings(examples: int, steps: int) -> settings:
    return settings(
        max_examples=_SEQUENCES or examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=not _SEQUENCES,
        phases=_PHASES,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Tree, Tree]]:
    with make_tree(tmp_path_factory.mktemp("base")) as base:
        own = base.path("/srv/own")
        own.mkdir()
        for name, needs in (
            ("lib", ""),
            ("ours", "lib"),
            ("also", "lib"),
            ("theirs", "lib"),
            ("site", "ours"),
            ("lone", ""),
        ):
            build_package(own, name, **({"Depends": needs} if needs else {}))
        index_packages(base)
        made = "".join(f"useradd {name}; usermod -p '{_HASH.format(name)}' {name}; " for name in _NAMES)
        base.run(f"{made} groupadd team; gpasswd -a ben team >&2; gpasswd -a carl team >&2")
        with (
            make_tree(tmp_path_factory.mktemp("one"), like=base) as one,
            make_tree(tmp_path_factory.mktemp("other"), like=base) as other,
        ):
            yield one, other


class Accounts(RuleBasedStateMachine):
    """Fields, locks, members and groups, beside useradd, usermod, chage and gpasswd."""

    one: Tree
    other: Tree
    start: dict[str, str]

    @initialize()
    def begin(self) -> None:
        for tree in (self.one, self.other):
            for file, text in self.start.items():
                tree.path(f"/etc/{file}").write_text(text)
        self.acts: list[Act] = []
        self.said: set[str] = set()  # what ours say already: saying it again leaves no trace
        self.number = 3000

    def _ours(self, **spec: object) -> None:
        try:
            acts = account.resolve(spec, Sight(self.one.place))
        except Refusal:
            return  # the account is gone
        for act in acts:
            self.acts.append(account.do(act, self.one.place))
            self.said.add(act["target"])

    def _theirs(self, script: str) -> None:
        for tree in (self.one, self.other):
            tree.run(script, check=False)

    @rule(name=st.sampled_from(_NAMES), field=st.sampled_from(("max", "warn", "expire")), value=st.integers(1, 400))
    def set_field(self, name: str, field: str, value: int) -> None:
        self._ours(name=name, field=field, value=value)

    @rule(name=st.sampled_from(_NAMES))
    def lock(self, name: str) -> None:
        self._ours(name=name, lock=True)

    @rule(name=st.sampled_from(_NAMES), group=st.sampled_from(_GROUPS), wanted=st.booleans())
    def member(self, name: str, group: str, wanted: bool) -> None:
        self._ours(name=name, **{"member_of" if wanted else "not_member_of": group})

    @rule()
    def group(self) -> None:
        self._ours(group="ssh-users", make=True, gid=777)

    @rule(name=st.sampled_from(_NAMES), option=st.sampled_from("MWE"), value=st.integers(500, 900))
    def chage(self, name: str, option: str, value: int) -> None:
        self._theirs(f"chage -{option} {value} {name}")

    @rule(name=st.sampled_from(_NAMES), word=st.sampled_from(("new", "other")))
    def password(self, name: str, word: str) -> None:
        self._theirs(f"echo '{name}:{_HASH.format(word)}' | chpasswd -e")

    @rule(name=st.sampled_from(_NAMES), word=st.sampled_from(("new", "other")))
    def relock(self, name: str, word: str) -> None:
        self._theirs(f"usermod -p '!{_HASH.format(word)}' {name}")

    @rule(name=st.sampled_from(_NAMES), group=st.sampled_from(_GROUPS), verb=st.sampled_from("ad"))
    def gpasswd(self, name: str, group: str, verb: str) -> None:
        if f"group[{group}].members {name}" not in self.said:
            self._theirs(f"gpasswd -{verb} {name} {group}")

    @rule()
    def useradd(self) -> None:
        self.number += 1
        self._theirs(f"useradd -u {self.number} u{self.number}; gpasswd -a u{self.number} team")

    @rule(name=st.sampled_from(_NAMES))
    def userdel(self, name: str) -> None:
        self._theirs(f"userdel -f {name}")

    @rule(name=st.sampled_from(_NAMES), shell=st.sampled_from(("/bin/sh", "/bin/bash")))
    def shell(self, name: str, shell: str) -> None:
        self._theirs(f"usermod -s {shell} {name}")

    def teardown(self) -> None:
        for act in reversed(getattr(self, "acts", [])):
            planned = account.undo(act, self.one.place, force=False, dry=True)
            self.one.place.pretended.clear()  # what the dry run took for done is not
            assert account.undo(act, self.one.place, force=False, dry=False) == planned
        for file in _FILES:
            assert self.one.read(f"/etc/{file}") == self.other.read(f"/etc/{file}"), file


def test_accounts_after_an_undo_are_those_of_the_twin(pair: tuple[Tree, Tree]) -> None:
    Accounts.one, Accounts.other = pair
    Accounts.start = {file: pair[0].read(f"/etc/{file}") for file in _FILES}
    run_state_machine_as_test(Accounts, settings=_settings(25, 14))


class Packages(RuleBasedStateMachine):
    """Installations of ours beside those of others, marks and removals."""

    one: Tree
    other: Tree

    @initialize()
    def begin(self) -> None:
        for tree in (self.one, self.other):
            tree.run("dpkg --purge site ours also theirs lib lone 2>/dev/null; rm -f /var/log/dpkg.log", check=False)
        self.acts: list[Act] = []
        self.marked: set[str] = set()

    @rule(name=st.sampled_from(("ours", "also", "lone")))
    def install(self, name: str) -> None:
        for act in package.resolve({"name": name}, Sight(self.one.place)):
            self.acts.append(package.do(act, self.one.place))

    @precondition(lambda self: len(self.acts) > 1)
    @rule()
    def undo_last(self) -> None:
        if self._undo(self.acts[-1]):
            self.acts.pop()

    @rule(name=st.sampled_from(("theirs", "site")))
    def theirs(self, name: str) -> None:
        for tree in (self.one, self.other):
            tree.run(f"apt-get -y -q install {name}")

    @rule(name=st.sampled_from(("theirs", "site")))
    def remove(self, name: str) -> None:
        for tree in (self.one, self.other):
            tree.run(f"apt-get -y -q remove {name}")

    @rule()
    def mark(self) -> None:
        for tree in (self.one, self.other):
            tree.run("apt-mark manual lib", check=False)
        if "lib" in _installed(self.one):
            self.marked.add("lib")

    def _undo(self, act: Act) -> bool:
        return package.undo(act, self.one.place, force=False, dry=False).word == "back"

    def teardown(self) -> None:
        acts: list[Act] = getattr(self, "acts", [])
        kept = {name for act in reversed(acts) if not self._undo(act) for name in act["after"]}
        there, wanted = _installed(self.one), _installed(self.other)
        assert wanted <= there, "something of others went"
        assert self.marked <= there, "what others have marked as theirs went"
        assert there - wanted <= kept, "something of ours stays, and nobody said so"
        assert self.one.run("dpkg --audit") == ""


def _installed(tree: Tree) -> set[str]:
    said = tree.run("dpkg-query -W -f '${db:Status-Abbrev} ${Package}\\n'")
    return {line.split()[1] for line in said.splitlines() if line.startswith("ii")}


def test_packages_after_an_undo_are_those_of_the_twin_and_what_others_need(pair: tuple[Tree, Tree]) -> None:
    Packages.one, Packages.other = pair
    run_state_machine_as_test(Packages, settings=_settings(4, 7))
