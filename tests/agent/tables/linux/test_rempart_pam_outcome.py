"""Table rempart_pam_outcome: whom a service lets in, as libpam reads its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.models.pam import facts, syntax
from rempart_agent.source.contract import Constraint, Denied, Missing, Query
from rempart_agent.tables.linux import rempart_pam_outcome
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]

# What libpam-runtime 1.7.0-5 (debian/local/common-*), login and sshd put into a fresh Debian 13, without comments
STOCK = {
    "/etc/os-release": "ID=debian\n",
    "/etc/pam.d/common-auth": "auth\t[success=1 default=ignore]\tpam_unix.so nullok\n"
    "auth\trequisite\t\t\tpam_deny.so\nauth\trequired\t\t\tpam_permit.so\n",
    "/etc/pam.d/common-account": "account\t[success=1 new_authtok_reqd=done default=ignore]\tpam_unix.so \n"
    "account\trequisite\t\t\tpam_deny.so\naccount\trequired\t\t\tpam_permit.so\n",
    "/etc/pam.d/common-password": "password\t[success=1 default=ignore]\tpam_unix.so obscure yescrypt\n"
    "password\trequisite\t\t\tpam_deny.so\npassword\trequired\t\t\tpam_permit.so\n",
    "/etc/pam.d/other": "@include common-auth\n@include common-account\n@include common-password\n",
    "/etc/pam.d/login": "auth       optional   pam_faildelay.so  delay=3000000\nauth       requisite  pam_nologin.so\n"
    "@include common-auth\nauth       optional   pam_group.so\n@include common-account\n@include common-password\n",
    "/etc/pam.d/sshd": "@include common-auth\naccount    required     pam_nologin.so\n@include common-password\n",
    "/etc/pam.d/su": "auth       sufficient pam_rootok.so\n@include common-auth\n",
    "/etc/pam.d/chsh": "auth       required   pam_shells.so\nauth\t\tsufficient\tpam_rootok.so\n@include common-auth\n",
    "/etc/pam.d/runuser": "auth\t\tsufficient\tpam_rootok.so\nsession\t\toptional\tpam_keyinit.so revoke\n",
    "/etc/pam.d/passwd": "@include common-password\n",
}


def _asked(target: Any, factors: str = "") -> dict[tuple[str, str], dict[str, Any]]:
    constraints = (Constraint("factors", "=", (factors,)),) if factors else ()
    return {
        (r["service"], r["question"]): dict(r) for r in rempart_pam_outcome.rows(target, Query(constraints=constraints))
    }


def _answers(target: Any, service: str) -> dict[str, int | None]:
    return {question: row["answer"] for (name, question), row in _asked(target).items() if name == service}


def test_a_stock_debian_is_decided(root_of: RootOf) -> None:
    found = _asked(root_of(STOCK))
    assert {row["answer"] for row in found.values()} == {0, 1}
    assert {service for service, _ in found} == {"other", "login", "sshd", "su", "chsh", "runuser", "passwd"}
    for service in ("login", "sshd", "su", "chsh"):
        assert _answers(root_of(STOCK), service) == {
            "enters_unasked": 0,
            "enters_one_factor": 1,
            "enters_empty": 1,
            "skips_quality": 1,
            "skips_history": 1,
            "escapes_lockout": 1,
            "skips_group": 1,
        }
    assert _answers(root_of(STOCK), "runuser")["enters_unasked"] == 0


def test_a_witness_names_the_way_in(root_of: RootOf) -> None:
    files = {**STOCK, "/etc/pam.d/sshd": "auth sufficient pam_succeed_if.so user ingroup staff\n@include common-auth\n"}
    row = _asked(root_of(files))["sshd", "enters_unasked"]
    assert row["answer"] == 1
    assert row["witness"] == "sshd:1 pam_succeed_if.so success"


@pytest.mark.parametrize(
    "text",
    [
        "auth required pam_permit.so\n",
        "auth [default=ignore] pam_unix.so\nauth required pam_permit.so\n",
        "auth [success=2 default=1] pam_unix.so\nauth requisite pam_deny.so\nauth required pam_permit.so\n",
        "auth sufficient pam_localuser.so\nauth required pam_unix.so\n",
        "auth sufficient pam_wheel.so trust\n@include common-auth\n",
        "auth sufficient pam_rhosts.so\n@include common-auth\n",
        "auth substack open\nauth optional pam_unix.so\n",
        "auth [default=reset] pam_env.so\nauth sufficient pam_permit.so\n",
        "auth optional \\\n  pam_permit.so\n",
        "AUTH Sufficient pam_permit.so\n",
    ],
)
def test_stacks_that_let_somebody_in_unasked(root_of: RootOf, text: str) -> None:
    files = {**STOCK, "/etc/pam.d/app": text, "/etc/pam.d/open": "auth required pam_permit.so\n"}
    assert _answers(root_of(files), "app")["enters_unasked"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "auth required pam_unix.so\n",
        "auth sufficient pam_unix.so\n",  # a stack in which nothing is content fails
        "auth required pam_env.so\nauth sufficient pam_unix.so\n",
        "auth [success=0 default=ignore] pam_permit.so\n",  # a jump of 0 makes the whole control bad
        "auth [Success=ok] pam_permit.so\n",
        "-auth required pam_gone.so\nauth required pam_permit.so\n",  # - keeps the log quiet, and fails all the same
        "auth required pam_permit\nauth required pam_permit.so\n",
        "@include gone\nauth required pam_permit.so\n",  # libpam then refuses the service
        "auth required pam_permit.so\nauth required \\",
        "auth include gone\nauth required pam_permit.so\n",
        "account required pam_permit.so\n",  # other decides
    ],
)
def test_stacks_that_ask(root_of: RootOf, text: str) -> None:
    modules = dict.fromkeys(("pam_unix", "pam_permit", "pam_deny", "pam_env", "pam_rootok"), "")
    files = {f"/usr/lib/x86_64-linux-gnu/security/{name}.so": "" for name in modules}
    assert _answers(root_of({**STOCK, **files, "/etc/pam.d/app": text}), "app")["enters_unasked"] == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("auth sufficient pam_site.so\n@include common-auth\n", "pam_site.so is not known"),
        ("auth sufficient pam_exec.so /bin/true\n@include common-auth\n", "pam_exec.so is not known"),
        ("auth sufficient /opt/pam_unix.so\n@include common-auth\n", "/opt/pam_unix.so is not known"),
        ("auth include\n@include common-auth\n", "an include without a name"),
        ("auth optional pam_permit.so\nauth include below\n", "left to chance"),
        ("auth required pam_unix.so\0\n", "a NUL byte"),
        ("auth include app\n", "includes deeper than 16"),
    ],
)
def test_what_can_not_be_told_is_unknown(root_of: RootOf, text: str, why: str) -> None:
    files = {**STOCK, "/etc/pam.d/app": text, "/etc/pam.d/below": "@include gone\n"}
    row = _asked(root_of(files))["app", "enters_unasked"]
    assert row["answer"] is None
    assert why in row["why"]


def test_an_unknown_module_on_which_nothing_hangs_leaves_the_answer(root_of: RootOf) -> None:
    files = {**STOCK, "/etc/pam.d/app": "@include common-auth\nauth required pam_site.so\n"}
    found = _answers(root_of(files), "app")
    assert found["enters_unasked"] == 0
    assert found["enters_one_factor"] is None


def test_a_module_that_a_check_names_is_a_second_factor(root_of: RootOf) -> None:
    target = root_of({**STOCK, "/etc/pam.d/app": "@include common-auth\nauth required pam_site.so\n"})
    assert _asked(target, '["pam_site.so"]')["app", "enters_one_factor"]["answer"] == 0
    assert _asked(target)["app", "enters_one_factor"]["answer"] is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("@include common-auth\nauth required pam_google_authenticator.so\n", 0),
        ("@include common-auth\nauth required pam_google_authenticator.so nullok\n", 1),  # required, ignore: absent
        ("@include common-auth\nauth required pam_u2f.so nouserok\n", 1),
        ("@include common-auth\nauth sufficient pam_google_authenticator.so\n", 1),
        ("auth sufficient pam_unix.so\nauth required pam_google_authenticator.so\n", 1),
        ("auth required pam_google_authenticator.so\n", 1),  # a second factor alone is one
        ("auth required pam_pkcs11.so\n", 0),  # a card and its PIN
    ],
)
def test_two_factors_have_to_be_needed(root_of: RootOf, text: str, answer: int) -> None:
    assert _answers(root_of({**STOCK, "/etc/pam.d/app": text}), "app")["enters_one_factor"] == answer


def test_a_local_password_counts_where_an_account_has_one(root_of: RootOf) -> None:
    stack = "auth sufficient pam_himmelblau.so\nauth required pam_unix.so\n"
    files = {**STOCK, "/etc/pam.d/app": stack, "/etc/passwd": "root:x:0:0::/:/bin/sh\n"}
    files["/etc/nsswitch.conf"] = "passwd: files\nshadow: files\n"
    locked = {**files, "/etc/shadow": "root:!:1::::::\n"}
    assert _answers(root_of(locked), "app")["enters_one_factor"] == 0
    assert _answers(root_of({**files, "/etc/shadow": "root:$y$x:1::::::\n"}), "app")["enters_one_factor"] == 1


QUALITY = "password requisite pam_pwquality.so\n"
TAKES = "password required pam_unix.so use_authtok\n"
ASKS = "password required pam_pwhistory.so remember=24\n"  # without use_authtok


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("password requisite pam_pwquality.so\npassword required pam_unix.so use_authtok\n", 0),
        ("password optional pam_pwquality.so\npassword required pam_unix.so use_authtok\n", 1),
        # what it refuses is taken away, and pam_unix has nothing to set
        ("password required pam_pwquality.so\npassword required pam_unix.so use_authtok\n", 0),
        ("password required pam_pwquality.so\npassword required pam_unix.so\n", 1),  # it asks for another
        ("password required pam_pwquality.so\n" + ASKS + TAKES, 1),
        ("password required pam_pwquality.so\npassword required pam_sss.so\n" + TAKES, 1),
        ("password required pam_pwquality.so\npassword required pam_permit.so\n" + TAKES, 0),
        (
            "password required pam_passwdqc.so\npassword required pam_unix.so use_authtok\n",
            1,
        ),  # nobody has read what it leaves
        ("password sufficient pam_unix.so\npassword requisite pam_pwquality.so\n", 1),
        ("password required pam_unix.so\npassword requisite pam_pwquality.so\n", 1),  # set before quality says no
        ("password [success=1 default=ignore] pam_localuser.so\n" + QUALITY + "password required pam_unix.so\n", 1),
        ("password requisite pam_deny.so\npassword required pam_unix.so\n", 0),  # the first run ends it
        ("password requisite pam_site.so\npassword required pam_unix.so\n", None),
        ("password required pam_sss.so\n", 0),  # the directory decides
    ],
)
def test_quality_can_not_be_skipped(root_of: RootOf, text: str, answer: int | None) -> None:
    assert _answers(root_of({**STOCK, "/etc/pam.d/app": text}), "app")["skips_quality"] == answer


LOCALS = "password [default=1 ignore=ignore success=ok] pam_localuser.so\n"  # authselect's with-pwhistory
HISTORY = "password requisite pam_pwhistory.so remember=24 use_authtok\n"
SET = "password [success=1 default=ignore] pam_unix.so obscure use_authtok try_first_pass yescrypt\n"
SET += "password requisite pam_deny.so\npassword required pam_permit.so\n"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (HISTORY + SET, 0),
        (QUALITY + HISTORY + SET, 0),
        (SET, 1),
        ("password required pam_unix.so\n" + HISTORY, 1),  # set before it is compared
        (HISTORY.replace("requisite", "optional") + SET, 1),
        (HISTORY.replace("requisite", "required") + SET, 0),  # pam_unix has none to set
        (HISTORY.replace("requisite", "required") + SET.replace("use_authtok ", ""), 1),  # it asks for another
        (HISTORY.replace("requisite", "required") + QUALITY + SET, 1),  # so does this
        (QUALITY.replace("requisite", "required") + HISTORY.replace("requisite", "required") + SET, 0),
        (ASKS + "password required pam_unix.so remember=5 use_authtok\n", 0),
        (HISTORY.replace("=24", "=0") + SET, 1),  # then the module ignores itself (pam_sm_chauthtok)
        ("password [success=1 default=ignore] pam_localuser.so\n" + HISTORY + SET, 1),
        (LOCALS + HISTORY + SET, 0),
        (LOCALS.replace(".so", ".so file=/etc/others") + HISTORY + SET, 1),
        ("password required pam_unix.so remember=5\n", 0),
        ("password required pam_unix.so\npassword required pam_unix.so remember=5\n", 1),
        ("password requisite pam_site.so\n" + SET, None),
    ],
)
def test_history_can_not_be_skipped(root_of: RootOf, text: str, answer: int | None) -> None:
    assert _answers(root_of({**STOCK, "/etc/pam.d/app": text}), "app")["skips_history"] == answer


ROOTOK = "auth sufficient pam_rootok.so\n"
WHEEL = "auth required pam_wheel.so use_uid group=sugroup\n"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (ROOTOK + WHEEL + "@include common-auth\n", 0),
        (ROOTOK + "@include common-auth\n", 1),
        (WHEEL.replace("required", "optional") + "@include common-auth\n", 1),
        (WHEEL.replace("required", "sufficient") + "@include common-auth\n", 1),  # a refusal is ignored
        ("auth sufficient pam_unix.so\n" + WHEEL, 1),  # a password is enough before
        (WHEEL.replace("use_uid", "use_uid deny") + "@include common-auth\n", 1),  # those outside get on
        (WHEEL.replace("use_uid", "use_uid root_only") + "@include common-auth\n", 1),  # as anybody but root
        ("auth [success=1 default=ignore] pam_localuser.so\n" + WHEEL + "@include common-auth\n", 1),
        (WHEEL.replace("required", "sufficient").replace("use_uid", "trust") + "auth requisite pam_deny.so\n", 0),
        (
            WHEEL.replace("use_uid", "use_uid trust") + "@include common-auth\n",
            0,
        ),  # a member succeeds, others are refused
        (WHEEL.replace("use_uid", "trust root_only") + "@include common-auth\n", 1),  # as anybody but root
        (WHEEL.replace("use_uid", "root_only trust") + "@include common-auth\n", 1),
        (WHEEL.replace("use_uid", "trust deny") + "@include common-auth\n", 1),  # those outside succeed
        (WHEEL.replace("required", "sufficient").replace("use_uid", "trust") + "@include common-auth\n", 1),
        (
            WHEEL.replace("required", "[success=ok default=ignore]").replace("use_uid", "trust")
            + "@include common-auth\n",
            1,
        ),
        ("auth sufficient pam_site.so\n" + WHEEL + "@include common-auth\n", None),
    ],
)
def test_whoever_is_not_in_the_group_stays_out(root_of: RootOf, text: str, answer: int | None) -> None:
    assert _answers(root_of({**STOCK, "/etc/pam.d/su": text}), "su")["skips_group"] == answer


PREAUTH = "auth requisite pam_faillock.so preauth\n"
JUMP1 = "auth [success=1 default=ignore] pam_unix.so\n"
DENY = "auth requisite pam_deny.so\n"
PERMIT = "auth required pam_permit.so\n"
RHEL = """\
auth required pam_faillock.so preauth silent
auth sufficient pam_unix.so
auth sufficient pam_sss.so forward_pass
auth required pam_faillock.so authfail
auth required pam_deny.so
"""  # authselect's sssd profile, with-faillock (RHEL 9)
FAIL = "auth [default=die] pam_faillock.so authfail\n"


def test_a_line_that_denies_a_group_passes_everybody_by_where_there_is_no_such_group() -> None:
    trusted = facts.outcomes("auth", "pam_wheel.so", ("trust",), facts.World()) or ()
    denied = facts.outcomes("auth", "pam_wheel.so", ("trust", "deny"), facts.World()) or ()
    ignore = syntax.CODES.index("ignore")
    assert ignore not in {one.code for one in trusted}
    assert facts.Outcome(ignore, 0) in denied
    assert not any(one.bits for one in denied)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (PREAUTH + JUMP1 + FAIL + PERMIT, 0),
        (JUMP1 + FAIL + PERMIT, 1),
        (PREAUTH + JUMP1.replace("=1", "=2") + DENY + FAIL + PERMIT, 1),  # nothing gets to the line that counts
        (PREAUTH + JUMP1 + DENY + PERMIT, 1),
        (PREAUTH.replace("requisite", "optional") + JUMP1 + FAIL + PERMIT, 1),  # the lock is asked, and not heeded
        (RHEL, 0),
        ("auth required pam_u2f.so\nauth required pam_unix.so\n", 1),
        ("auth required pam_tally2.so deny=5\nauth required pam_unix.so\n", 0),
    ],
)
def test_every_wrong_password_counts_and_a_locked_account_is_refused(root_of: RootOf, text: str, answer: int) -> None:
    assert _answers(root_of({**STOCK, "/etc/pam.d/app": text}), "app")["escapes_lockout"] == answer


def test_a_group_without_members_lets_nobody_in(root_of: RootOf) -> None:
    files = {
        **STOCK,
        "/etc/pam.d/lightdm": "auth sufficient pam_succeed_if.so user ingroup nopasswdlogin\n@include common-auth\n",
        "/etc/nsswitch.conf": "passwd: files\ngroup: files systemd\n",
        "/etc/passwd": "root:x:0:0::/:/bin/sh\nkim:x:1000:1000::/:/bin/sh\n",
        "/etc/group": "root:x:0:\nnopasswdlogin:x:117:\n",
    }
    assert _answers(root_of(files), "lightdm")["enters_unasked"] == 0
    for changed in (
        {"/etc/group": "nopasswdlogin:x:117:kim\n"},
        {"/etc/group": "nopasswdlogin:x:1000:\n"},  # kim's own group
        {"/etc/nsswitch.conf": "group: files ldap\n"},
        {"/etc/userdb/kim:nopasswdlogin.membership": ""},
    ):
        assert _answers(root_of({**files, **changed}), "lightdm")["enters_unasked"] == 1


def test_rootok_lets_everybody_into_what_root_runs(root_of: RootOf) -> None:
    """pam_rootok asks for the real user of the program (getuid): in a daemon that is root, whoever comes."""
    text = "auth sufficient pam_rootok.so\n@include common-auth\n"
    target = root_of({**STOCK, "/etc/pam.d/su": text, "/etc/pam.d/sshd": text})
    assert _answers(target, "su")["enters_unasked"] == 0
    assert _answers(target, "sshd")["enters_unasked"] == 1


def test_versions_of_libpam_that_disagree_are_unknown(root_of: RootOf) -> None:
    """Linux-PAM 1.7 ends a continued line at an empty one, 1.5 goes on behind it."""
    text = "auth sufficient \\\n\n pam_permit.so\n@include common-auth\n"
    row = _asked(root_of({**STOCK, "/etc/pam.d/app": text}))["app", "enters_unasked"]
    assert row["answer"] is None
    assert "read these files differently" in row["why"]


def test_systems_without_debians_include(root_of: RootOf) -> None:
    files = {"/etc/pam.d/other": "auth required pam_deny.so\n", "/usr/lib/pam.d/open": "auth required pam_permit.so\n"}
    files["/etc/pam.d/app"] = "auth include open\n"
    assert _answers(root_of({**files, "/etc/os-release": "ID=fedora\n"}), "app")["enters_unasked"] == 1
    assert _answers(root_of({**files, "/etc/os-release": "ID=debian\n"}), "app")["enters_unasked"] == 0
    assert _answers(root_of({**files, "/etc/os-release": "ID=house\n"}), "app")["enters_unasked"] is None


def test_one_file_for_all(root_of: RootOf) -> None:
    target = root_of({"/etc/pam.conf": "login auth required pam_unix.so\nOTHER auth required pam_permit.so\n"})
    assert _answers(target, "login")["enters_unasked"] == 0
    assert _answers(target, "other")["enters_unasked"] == 1


def test_links_that_lead_nowhere_are_no_files(root_of: RootOf) -> None:
    target = root_of(STOCK)
    folder = Path(target.root) / "etc/pam.d"
    (folder / "gone").symlink_to("nowhere")
    (folder / "round").symlink_to("round")
    (folder / "folder").mkdir()
    assert _answers(target, "gone") == _answers(target, "round") == _answers(target, "other")
    assert _answers(target, "folder") == {}


def test_an_include_may_lead_out_of_the_folder(root_of: RootOf) -> None:
    files = {**STOCK, "/etc/pam.d/app": "@include ../open\n", "/etc/open": "auth required pam_permit.so\n"}
    assert _answers(root_of(files), "app")["enters_unasked"] == 1


def test_no_files_are_no_answer(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        _asked(root_of({"/etc/passwd": ""}))


def test_files_that_may_not_be_read_are_no_answer(root_of: RootOf, deny: Callable[[RootTarget, str], None]) -> None:
    target = root_of(STOCK)
    deny(target, "/etc/pam.d/common-auth")
    with pytest.raises(Denied):
        _asked(target)


@given(st.text(alphabet="auth reqsuficnt[]=\\#\n\t -@.pm_123dl\r\v", max_size=200), st.booleans())
def test_any_text_is_read(text: str, old: bool) -> None:
    for line in syntax.read(text, old).lines:
        for word in line.words:
            assert len(syntax.control(word)) == 32


def test_reading_takes_linear_time(root_of: RootOf) -> None:
    for text in ("[" * 131072, "\\\n" * 65536, "auth [" + "\\]" * 65536, "auth [" + "success=ok " * 12000 + "]\n"):
        for line in syntax.read(text).lines:
            for word in line.words:
                syntax.control(word)
