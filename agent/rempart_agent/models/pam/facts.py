"""What each PAM module can return, and what that proves.

Read in the modules' sources: those of Linux-PAM 1.7.0 (``modules/pam_*/pam_*.c``, Debian 13) and, for the others, the
project that the table names. A module that is not listed is unknown; what the answer hangs on it is unknown too.
"""

import re
from typing import Callable, Dict, FrozenSet, List, NamedTuple, Optional, Tuple

from rempart_agent.models.pam.syntax import CODES

ASKED, SOLID, KNOWN, HELD, LOCAL, GUESSED, COUNTED, REFUSES, ROOT, QUALITY, SET, SKIPPED = (1 << n for n in range(12))
HISTORY, REPEATED, GROUP, FOREIGN = (1 << n for n in range(12, 16))
REFUSED, ANEW, ENTERED = (1 << n for n in range(16, 19))
"""What a path has seen: a credential was checked; one that is never empty; something known; something held; the local
password; a wrong local password; a counter of failures; a lock that was asked; root called it; a quality module was
content; a password was set; a password was set without one; it was held against those of old; a password was set
without that; whoever asks is in the group that a line names; it is nobody's of /etc/passwd; the new password was
refused, and taken away (PAM_AUTHTOK); another may have been asked for since; what is set is what was entered before, or
nothing."""

_PROOF = {
    "": 0,
    "empty": ASKED | KNOWN,
    "password": ASKED | SOLID | KNOWN,
    "local": ASKED | SOLID | KNOWN | LOCAL,
    "blank": ASKED | KNOWN | LOCAL,
    "token": ASKED | SOLID | HELD,
    "card": ASKED | SOLID | KNOWN | HELD,
    "guess": GUESSED,
    "counted": COUNTED,
    "refuses": REFUSES,
    "counted+refuses": COUNTED | REFUSES,
    "root": ROOT,
    "quality": QUALITY,
    "refused": REFUSED,
    "set": SET,
    "history": HISTORY,
    "history+set": HISTORY | SET,
    "group": GROUP,
    "foreign": FOREIGN,
}
_GOOD = ("success", "new_authtok_reqd")
_FAIL = ["auth_err", *(c for c in CODES if c not in (*_GOOD, "auth_err", "ignore", "incomplete"))]

# module | kinds | what it returns: codes and, behind the colon, what they prove | source where it is not Linux-PAM.
# "fail" stands for every code but success, new_authtok_reqd and ignore; "nullok ->" holds where that argument is given.
_TABLE = """
pam_permit    | auth account session password | success
pam_deny      | auth account session password | fail
pam_debug     | auth account session password | fail success new_authtok_reqd ignore
pam_warn      | auth account session password | ignore
pam_echo      | auth account session password | success ignore buf_err
pam_env       | auth     | ignore
pam_env       | account session password | fail
pam_faildelay | auth     | ignore
pam_group     | auth     | ignore
pam_keyinit   | auth     | ignore
pam_mail      | auth     | ignore
pam_issue     | auth     | ignore fail
pam_canonicalize_user | auth | ignore fail
pam_nologin   | auth     | ignore fail
pam_nologin   | auth     | successok -> success fail
pam_securetty | auth     | success fail
pam_shells    | auth     | success fail
pam_sepermit  | auth     | success ignore fail
pam_lastlog   | auth     | success ignore fail
pam_lastlog2  | auth     | ignore | util-linux pam_lastlog2/src/pam_lastlog2.c
pam_selinux   | auth     | fail
pam_filter    | auth password | success fail
pam_access    | auth password | success ignore fail
pam_listfile  | auth password | success ignore fail
pam_localuser | auth password | success fail:foreign
pam_localuser | auth password | file=* -> success fail
pam_usertype  | auth password | success fail
pam_succeed_if | auth password | success fail
pam_wheel     | auth     | ignore:group fail
pam_wheel     | auth     | root_only -> ignore fail
pam_wheel     | auth     | trust -> success:group fail
pam_rootok    | auth password | success:root fail
pam_rhosts    | auth     | success fail
pam_ftp       | auth     | success fail
pam_timestamp | auth     | success:password fail
pam_userdb    | auth     | success:password fail
pam_userdb    | auth     | unknown_ok -> success:password ignore fail
pam_unix      | auth     | success:local auth_err:guess fail
pam_unix      | auth     | nullok* -> success:blank auth_err:guess fail
pam_unix      | auth     | nullresetok* -> success:blank auth_err:guess fail
pam_unix      | prelim   | success fail
pam_unix      | password | success:set fail
pam_unix      | password | remember=* -> success:history+set fail
pam_unix2     | auth     | success:local auth_err:guess fail | openSUSE pam_unix2
pam_unix2     | auth     | nullok* -> success:blank auth_err:guess fail
pam_unix2     | prelim   | success fail
pam_unix2     | password | success:set fail
pam_tcb       | auth     | success:local auth_err:guess fail | Openwall tcb
pam_tcb       | auth     | nullok* -> success:blank auth_err:guess fail
pam_tcb       | prelim   | success fail
pam_tcb       | password | success:set fail
pam_pwhistory | password | success:history ignore:history fail:refused
pam_pwhistory | password | remember=0 -> ignore
pam_pwquality | prelim   | success fail | libpwquality src/pam_pwquality.c
pam_pwquality | password | success:quality fail:refused
pam_pwquality | password | local_users_only -> success:quality ignore:quality fail:refused
pam_cracklib  | prelim   | success fail | Linux-PAM before 1.5
pam_cracklib  | password | success:quality fail
pam_passwdqc  | prelim   | success fail | Openwall passwdqc pam_passwdqc.c
pam_passwdqc  | password | success:quality fail
pam_faillock  | auth     | success:refuses fail
pam_faillock  | auth     | authsucc -> success:refuses fail
pam_faillock  | auth     | preauth -> success:refuses fail
pam_faillock  | auth     | authfail -> ignore:counted fail:counted
pam_tally2    | auth     | success:counted+refuses fail:counted | Linux-PAM before 1.5
pam_tally     | auth     | success:counted+refuses fail:counted | Linux-PAM before 1.4
pam_sss       | auth     | success:password new_authtok_reqd:password fail | SSSD src/sss_client/pam_sss.c
pam_sss       | auth     | ignore_unknown_user -> success:password new_authtok_reqd:password ignore fail
pam_sss       | auth     | ignore_authinfo_unavail -> success:password new_authtok_reqd:password ignore fail
pam_sss       | auth     | require_cert_auth -> success:card new_authtok_reqd:card ignore fail
pam_sss       | password | success ignore fail
pam_sss_gss   | auth     | success:password fail | SSSD src/sss_client/pam_sss_gss.c
pam_ldap      | auth     | success:password new_authtok_reqd:password ignore fail | nss-pam-ldapd pam/pam.c
pam_ldap      | password | success ignore fail
pam_krb5      | auth     | success:password new_authtok_reqd:password ignore fail | pam-krb5 module/auth.c
pam_krb5      | password | success ignore fail
pam_winbind   | auth     | success:password new_authtok_reqd:password ignore fail | Samba nsswitch/pam_winbind.c
pam_winbind   | password | success ignore fail
pam_radius_auth | auth   | success:password fail | pam_radius src/pam_radius_auth.c
pam_radius_auth | auth   | localifdown -> success:password ignore fail
pam_systemd_home | auth  | success:password fail | systemd src/home/pam_systemd_home.c
pam_systemd_home | password | success ignore fail
pam_himmelblau | auth    | success:card ignore fail | himmelblau src/pam
pam_aad       | auth     | success:card ignore fail | aad-auth
pam_ssh_agent_auth | auth | success:token fail | pam_ssh_agent_auth pam_ssh_agent_auth.c
pam_google_authenticator | auth | success:token fail | google-authenticator-libpam src/pam_google_authenticator.c
pam_google_authenticator | auth | nullok -> success:token ignore success fail
pam_oath      | auth     | success:token fail | oath-toolkit pam_oath/pam_oath.c
pam_u2f       | auth     | success:token fail | pam-u2f pam-u2f.c
pam_u2f       | auth     | nouserok -> success:token ignore success fail
pam_yubico    | auth     | success:token fail | yubico-pam pam_yubico.c
pam_yubico    | auth     | nullok -> success:token ignore success fail
pam_duo       | auth     | success:token fail | duo_unix pam_duo/pam_duo.c
pam_securid   | auth     | success:token fail | RSA's documentation
pam_privacyidea | auth   | success:token fail | privacyidea-pam
pam_fprintd   | auth     | success:token fail | fprintd pam/pam_fprintd.c
pam_fprint    | auth     | success:token fail | pam_fprint
pam_howdy     | auth     | success:token ignore fail | howdy
pam_pkcs11    | auth     | success:card ignore fail | pam_pkcs11 src/pam_pkcs11/pam_pkcs11.c
pam_p11       | auth     | success:card fail | pam_p11 src/pam_p11.c
pam_poldi     | auth     | success:card fail | poldi
pam_gnome_keyring | auth | success ignore fail | gnome-keyring pam/gkr-pam-module.c
pam_gnome_keyring | password | success ignore fail
pam_kwallet5  | auth     | success ignore fail | kwallet-pam pam_kwallet.c
pam_kwallet   | auth     | success ignore fail
pam_gdm       | auth     | success ignore fail | gdm pam_gdm/pam_gdm.c
pam_mount     | auth     | success ignore fail | pam_mount src/pam_mount.c
pam_ecryptfs  | auth     | success ignore fail | ecryptfs-utils src/pam_ecryptfs/pam_ecryptfs.c
pam_ecryptfs  | password | success ignore fail
pam_cap       | auth     | success ignore fail | libcap pam_cap/pam_cap.c
pam_ssh_add   | auth     | success ignore fail | cockpit src/pam-ssh-add/pam-ssh-add.c
pam_console   | auth     | success fail | Red Hat's pam_console
pam_ssh       | auth     | success:password ignore fail | pam_ssh
pam_tmpdir    | auth     | success ignore fail | pam-tmpdir
pam_mklocaluser | auth   | success ignore fail | pam-mklocaluser
pam_systemd   |          | | systemd src/login/pam_systemd.c
pam_elogind   |          |
pam_systemd_loadkey | auth | success ignore fail | systemd src/login/pam_systemd_loadkey.c
pam_ck_connector |       |
pam_wtmpdb    |          |
pam_apparmor  |          |
pam_limits    |          |
pam_loginuid  |          |
pam_mkhomedir |          |
pam_motd      |          |
pam_namespace |          |
pam_setquota  |          |
pam_time      |          |
pam_tty_audit |          |
pam_umask     |          |
pam_xauth     |          |
"""

_QUIET = re.findall(
    r"\S+",
    "pam_permit pam_deny pam_debug pam_warn pam_echo pam_env pam_localuser pam_usertype pam_succeed_if pam_listfile "
    "pam_access pam_rootok ",
)
"""Modules that neither ask for a password nor set one."""
_CHAINED = ("pam_unix", "pam_pwquality", "pam_pwhistory")
"""Modules that ask by pam_get_authtok(3)."""

RUN_BY_ROOT = re.findall(
    r"\S+",
    "login remote sshd cron crond atd lightdm lightdm-greeter sddm sddm-greeter xdm kdm kde lxdm slim "
    "greetd ly vsftpd proftpd ftp smtp imap pop3 dovecot samba cups xrdp-sesman vlock-remote rlogin rsh "
    "rexec ppp squid openvpn ",
)
"""Services that root runs: ``pam_rootok`` asks who runs the program, and lets everybody in there."""


class Outcome(NamedTuple):
    """What a module can return, and what a path has seen then.

    Attributes:
        code: The return code, by number.
        bits: What it proves.
    """

    code: int
    bits: int


class World(NamedTuple):
    """What of a machine the modules look at, beside their arguments.

    Attributes:
        present: Tells whether a module, as a line names it, is installed. None: by its own path, none of ours.
        has_members: Tells whether a group may have members.
        passwords: Whether some local account may have a password.
        factors: Modules that ask for a second factor, beside those that are known.
    """

    present: Callable[[str], Optional[bool]] = lambda _: True
    has_members: Callable[[str], bool] = lambda _: True
    passwords: bool = True
    factors: FrozenSet[str] = frozenset()


_Facts = Dict[Tuple[str, str], List[Tuple[str, Tuple[Outcome, ...]]]]
_FACTS: _Facts = {}
_MODULES: Dict[str, None] = {}
FACTOR = "success:token fail"
UNKNOWN = (
    *(Outcome(n, ANEW) for n, c in enumerate(CODES) if c != "incomplete"),
    Outcome(CODES.index("auth_err"), GUESSED),
    Outcome(CODES.index("success"), LOCAL),
    Outcome(CODES.index("success"), SET | ANEW),
)
"""A module that nobody knows: it may return anything, prove nothing, and take or set a local password."""
MISSING: Tuple[Outcome, ...] = (Outcome(CODES.index("module_unknown"), 0),)


def outcomes(kind: str, module: str, arguments: Tuple[str, ...], world: World) -> Optional[Tuple[Outcome, ...]]:
    """Return what a module can return, or None where it is not known.

    Args:
        kind: ``auth``, ``account``, ``session``, ``password``, or ``prelim``: the first of the two runs of a password.
        module: As the line names it.
        arguments: Its arguments.
        world: What else decides.
    """
    there = world.present(module)
    if there is None:
        return None
    if not there:
        return MISSING
    name = module.rsplit("/", 1)[-1]
    if kind == "auth" and name in world.factors:
        return _parsed(FACTOR)
    if not _FACTS:
        _load()
    name = name[:-3] if name.endswith(".so") else name
    if name not in _MODULES:
        return None
    rows = _FACTS.get((name, kind))
    if rows is None:
        rows = _FACTS.get((name, "password"), []) if kind == "prelim" else []
    chosen = MISSING
    for wanted, result in rows:
        if not wanted or any(a == wanted or (wanted[-1] == "*" and a.startswith(wanted[:-1])) for a in arguments):
            chosen = result
    if name == "pam_faillock" and kind == "auth":  # the last of these words wins (args_parse)
        last = [a for a in arguments if a in ("preauth", "authfail", "authsucc")][-1:]
        chosen = next((r for w, r in rows if [w] == last), chosen if not last else rows[0][1])
    if name == "pam_wheel":
        chosen = _of_wheel(arguments, chosen)
    if kind == "password" and name not in _QUIET:
        chosen = _entered(name, arguments, chosen)
    if not world.passwords:
        chosen = tuple(o for o in chosen if not o.bits & LOCAL)
    if name == "pam_succeed_if" and _nobody(arguments, world):
        chosen = tuple(o for o in chosen if o.code)
    return chosen


def _entered(name: str, arguments: Tuple[str, ...], chosen: Tuple[Outcome, ...]) -> Tuple[Outcome, ...]:
    """Return the outcomes of a module that sets or asks for a password, by whether it asks itself.

    With ``use_authtok`` pam_get_authtok(3) gives what was entered before, or nothing: pam_pwquality and pam_pwhistory
    take away what they refuse, so that pam_unix has nothing to set. That a module breaks (/etc/security/opasswd can't
    be written) counts as a refusal here.
    """
    if "use_authtok" not in arguments or name not in _CHAINED:
        return tuple(Outcome(o.code, o.bits if o.bits & REFUSED else o.bits | ANEW) for o in chosen)
    return tuple(Outcome(o.code, o.bits | ENTERED if o.bits & SET else o.bits) for o in chosen)


def _of_wheel(arguments: Tuple[str, ...], chosen: Tuple[Outcome, ...]) -> Tuple[Outcome, ...]:
    """Return the outcomes of pam_wheel, whose arguments change one another's meaning (``perform_check``).

    With ``trust`` a member succeeds and all others are refused; it passes nobody by, but with ``root_only`` whoever
    wants to be another than root, and with ``deny`` everybody where there is no such group. With ``deny`` those get on
    who are not in the group.
    """
    if "trust" in arguments and ("root_only" in arguments or "deny" in arguments):
        chosen = (*_parsed("success:group fail"), Outcome(CODES.index("ignore"), 0))
    return tuple(Outcome(o.code, 0) for o in chosen) if "deny" in arguments else chosen


def _nobody(arguments: Tuple[str, ...], world: World) -> bool:
    """Tell whether a condition asks for a member of groups that have none."""
    return any(
        word == "ingroup" and not any(world.has_members(g) for g in group.split(":"))
        for word, group in zip(arguments, arguments[1:])  # noqa: RUF007 - Python 3.8
    )


def _load() -> None:
    for line in _TABLE.strip().split("\n"):
        module, kinds, text = [part.strip() for part in line.split("|")[:3]]
        _MODULES[module] = None
        wanted, _, results = text.rpartition(" -> ")
        for kind in kinds.split():
            _FACTS.setdefault((module, kind), []).append((wanted, _parsed(results)))


def _parsed(text: str) -> Tuple[Outcome, ...]:
    found: Dict[Outcome, None] = {}
    named = [word.partition(":")[0] for word in text.split()]
    for word in text.split():
        name, _, proof = word.partition(":")
        for code in [c for c in _FAIL if c not in named] if name == "fail" else [name]:
            found[Outcome(CODES.index(code), _PROOF[proof])] = None
    return tuple(found)
