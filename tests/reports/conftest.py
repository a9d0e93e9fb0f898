"""Runs as audits give them: a workstation of a call centre with something of everything, and hostile ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rempart_core.model.check import Remediation, Severity
from rempart_core.model.result import (
    AppliedChange,
    AppliedWaiver,
    EngineIdentity,
    Evidence,
    Exclusion,
    Result,
    Run,
    State,
    TargetIdentity,
)
from rempart_core.text import Text

ResultFactory = Callable[..., Result]
RunFactory = Callable[..., Run]

HOSTILE = (
    "<script>alert(1)</script> & \"'> ]]> --> | [x](https://evil.example) ![i](http://evil.example/i.png) @everyone "
    "www.evil.example a@evil.example `` ` ``` **b** __c__ # h \x1b[31mred\x1b[0m \x00\x07\x9b \ud800 \ufffe \uffff "
    "\u202egnp.exe \u2028\r\n::error::pwned\n##vso[task.complete]\n##teamcity[buildStop]\n[[ATTACHMENT|/etc/shadow]]\n"
    "{{ 7*7 }} {% raw %} \\"
)


def text(en: str, fr: str = "") -> Text:
    return Text(en, fr or en)


def rows(
    *cells: tuple[str, ...], columns: tuple[str, ...] = ("item", "observed", "expected", "ok")
) -> list[dict[str, str]]:
    return [dict(zip(columns, row, strict=True)) for row in cells]


def evidence_of(shown: list[dict[str, str]], statement: str = "query", **counts: int) -> Evidence:
    true = {
        "failing": sum(row["ok"] == "0" for row in shown),
        "undecided": sum(row["ok"] not in ("0", "1") for row in shown),
        "passing": sum(row["ok"] == "1" for row in shown),
    }
    return Evidence(shown, **(true | counts), statement=statement)


def result_of(**changes: Any) -> Result:
    """Return a plain finding with ``changes``."""
    values: dict[str, Any] = {
        "check": "FWL-01",
        "revision": 1,
        "title": text(
            "Host firewall filters incoming traffic, IPv4 and IPv6",
            "Le pare-feu local filtre les flux entrants, IPv4 et IPv6",
        ),
        "area": "firewall",
        "severity": Severity.CRITICAL,
        "state": State.FAIL,
        "reason": text("2 of 2 fail", "2 sur 2 en échec"),
        "rationale": text(
            "Blocks intrusion attempts coming from the office LAN or another compromised station.",
            "Bloque les tentatives d’intrusion venues du réseau local ou d’un autre poste compromis.",
        ),
        "remediation": Remediation(
            "firewall",
            "lockout",
            text(
                "Allow the management address first, then refuse what is not allowed: nft policy drop on input.",
                "Autoriser d’abord l’adresse d’administration, puis refuser ce qui n’est pas permis (nft : drop).",
            ),
        ),
        "controls": {
            "gdpr": ("32(1)(b)",),
            "iso-27001-2022": ("8.20",),
            "pci-dss-4.0.1": ("1.5.1",),
            "cis-8.1": ("4.4", "4.5"),
        },
        "evidence": evidence_of(
            rows(
                ("ip input filtering", "no input chain", "drop or reject unless allowed", "0"),
                ("ip6 input filtering", "no input chain", "drop or reject unless allowed", "0"),
            )
        ),
        "sql": {
            "probe": "SELECT 1 FROM osquery_registry WHERE name = 'rempart_nftables' AND active = 1",
            "query": "WITH fam(f) AS (VALUES ('ip'), ('ip6'))\nSELECT fam.f || ' input filtering' AS item,\n"
            "  coalesce(n.policy, 'no input chain') AS observed,\n  'drop or reject unless allowed' AS expected,\n"
            "  n.policy = 'drop' AS ok\nFROM fam LEFT JOIN rempart_nftables n ON n.hook = 'input'",
        },
        "seconds": 0.0042,
        "path": "checks/firewall/fwl-01-host-firewall-active.yaml",
    }
    return Result(**(values | changes))


def run_of(results: list[Result], **changes: Any) -> Run:
    values: dict[str, Any] = {
        "target": TargetIdentity(
            "poste-042.lyon.example",
            "machine",
            "centre-lyon",
            "linux",
            "Debian GNU/Linux 13 (trixie)",
            "9f2c61d0a7b34e58",
        ),
        "engine": EngineIdentity("embedded", "0.1.0", "root", privileged=True),
        "role": "workstation",
        "profile": "workstation",
        "started": "2026-11-25T13:00:00Z",
        "ended": "2026-11-25T13:00:01Z",
        "results": results,
        "content": "5d41402abc4b2a76b9719d911017c592ae1f0c2a4c8a5fbc2d4a3c5b9e1f7a60",
        "version": "0.1.0",
        "seconds": 0.412,
    }
    return Run(**(values | changes))


def sample() -> Run:
    """Return a workstation with something of everything."""
    passing = [
        (
            "DSK-03",
            "disk-encryption",
            Severity.MEDIUM,
            "Volume encryption uses an approved cipher",
            "Le chiffrement des volumes emploie un algorithme admis",
            ("luks-home", "aes-xts-plain64, 512 bits", "aes-xts", "1"),
        ),
        (
            "FWL-04",
            "firewall",
            Severity.MEDIUM,
            "The firewall comes back after a reboot",
            "Le pare-feu est rétabli au redémarrage",
            ("nftables.service", "enabled", "enabled", "1"),
        ),
        (
            "AVM-01",
            "anti-malware",
            Severity.CRITICAL,
            "An anti-malware product is installed and running",
            "Un antivirus est installé et actif",
            ("clamav-daemon.service", "active", "active", "1"),
        ),
        (
            "AVM-04",
            "anti-malware",
            Severity.HIGH,
            "Signature updates are automatic",
            "La mise à jour des signatures est automatique",
            ("clamav-freshclam.service", "active, enabled", "active and enabled", "1"),
        ),
        (
            "ACC-02",
            "accounts",
            Severity.HIGH,
            "Local passwords are stored with a strong hash",
            "Les mots de passe locaux sont hachés avec un algorithme fort",
            ("amélie", "yescrypt", "yescrypt, sha512", "1"),
        ),
        (
            "PAT-06",
            "patches",
            Severity.CRITICAL,
            "The operating system still receives security support",
            "Le système d’exploitation est encore maintenu",
            ("Debian 13", "2028-08-09", "after today", "1"),
        ),
        (
            "RMT-02",
            "remote-access",
            Severity.HIGH,
            "SSH accepts keys, not passwords",
            "SSH accepte des clés, pas de mots de passe",
            ("PasswordAuthentication", "no", "no", "1"),
        ),
    ]
    results = [
        result_of(
            check=check,
            area=area,
            severity=severity,
            title=text(en, fr),
            state=State.PASS,
            reason=text("1 of 1 passes", "1 sur 1 réussi"),
            evidence=evidence_of(rows(row)),
        )
        for check, area, severity, en, fr, row in passing
    ]
    many = [
        {
            "item": f"libcrypto{n}",
            "observed": f"3.0.{n}-1~deb13u1, en attente depuis {30 + n} jours",
            "expected": "installed within 30 days",
            "ok": "0",
            "available": f"3.0.{n}-1~deb13u2",
            "source": "openssl",
        }
        for n in range(50)
    ]
    results += [
        result_of(),
        result_of(
            check="DSK-01",
            area="disk-encryption",
            severity=Severity.CRITICAL,
            title=text(
                "Every data-bearing volume is encrypted", "Tous les volumes contenant des données sont chiffrés"
            ),
            reason=text("1 of 4 fails, 1 undecided", "1 sur 4 en échec, 1 indécis"),
            incomplete=True,
            evidence=evidence_of(
                rows(
                    ("/srv/enregistrements", "/dev/sdb1 (ext4), clear", "an encrypted device", "0"),
                    ("/srv/archive", "", "an encrypted device", ""),
                    ("/", "/dev/dm-0 on LUKS2", "an encrypted device", "1"),
                    ("/home", "/dev/dm-1 on LUKS2", "an encrypted device", "1"),
                )
            ),
            witness=evidence_of(rows(("sdb1", "no LUKS header", "an encrypted device", "0")), "cross_check"),
            parameters={"plain_mounts": ["/boot", "/boot/efi", "/efi"]},
            expired_waivers=(
                AppliedWaiver(
                    "Moved to the new server by the end of summer", "Y. Petit", "2026-09-30 Europe/Paris", expired=True
                ),
            ),
        ),
        result_of(
            check="PAT-01",
            area="patches",
            severity=Severity.CRITICAL,
            title=text(
                "No security update has been waiting longer than the deadline",
                "Aucun correctif de sécurité en attente au-delà du délai",
            ),
            reason=text("300 of 1,204 fail", "300 sur 1 204 en échec"),
            evidence=evidence_of(many, failing=300, passing=904),
            parameters={"max_age_days": 30},
            controls={"gdpr": ("32(1)(b)", "32(1)(d)"), "nis2": ("(e)", "(g)")},
        ),
        result_of(
            check="ACC-01",
            area="accounts",
            severity=Severity.CRITICAL,
            title=text("No account can log in without a password", "Aucun compte ne s’ouvre sans mot de passe"),
            reason=text("1 of 31 fails", "1 sur 31 en échec"),
            evidence=evidence_of(rows(("accueil", "empty password", "a hash, or locked", "0")), passing=30),
            waiver=AppliedWaiver(
                "Borne d’accueil sans clavier, isolée sur son réseau : validé en comité",
                "RSSI, A. Diallo",
                "2026-12-31 Europe/Paris",
                items=("accueil",),
                target="poste-*",
            ),
        ),
        result_of(
            check="RMT-03",
            area="remote-access",
            severity=Severity.MEDIUM,
            title=text("The SSH server follows the baseline", "Le serveur SSH suit le profil de base"),
            reason=text("1 of 9 fails", "1 sur 9 en échec"),
            evidence=evidence_of(rows(("X11Forwarding", "yes", "no", "0")), passing=8),
            known=True,
        ),
        result_of(
            check="LCK-01",
            area="screen-lock",
            severity=Severity.HIGH,
            title=text("The session locks itself after inactivity", "La session se verrouille seule après inactivité"),
            reason=text("1 of 2 fails", "1 sur 2 en échec"),
            evidence=evidence_of(
                rows(("idle-delay", "uint32 1800", "1 to 600 seconds", "0"), ("lock-enabled", "true", "true", "1"))
            ),
            parameters={"idle_seconds": 600},
            remediation=Remediation(
                "screen_lock",
                "session",
                text(
                    "Lock /org/gnome/desktop/session/idle-delay at 600 in a dconf profile.",
                    "Verrouiller /org/gnome/desktop/session/idle-delay à 600 dans un profil dconf.",
                ),
            ),
        ),
        result_of(
            check="AVM-03",
            area="anti-malware",
            severity=Severity.HIGH,
            state=State.ERROR,
            failure="malformed",
            title=text("Malware signatures are recent", "Les signatures antivirales sont récentes"),
            reason=text(
                "/var/lib/clamav/daily.cld: not a signature file (truncated after 512 bytes)",
                "/var/lib/clamav/daily.cld : pas un fichier de signatures (tronqué après 512 octets)",
            ),
            evidence=None,
        ),
        result_of(
            check="PAT-05",
            area="patches",
            severity=Severity.MEDIUM,
            state=State.ERROR,
            title=text("No reboot is overdue after patching", "Aucun redémarrage en souffrance après correctif"),
            reason=text("sources disagree", "les sources se contredisent"),
            evidence=evidence_of(rows(("reboot-required", "absent", "absent", "1"))),
            witness=evidence_of(
                rows(("kernel", "6.12.38 runs, 6.12.41 installed", "the newest installed", "0")), "cross_check"
            ),
        ),
        result_of(
            check="DSK-02",
            area="disk-encryption",
            severity=Severity.HIGH,
            state=State.NOT_CHECKED,
            failure="privilege",
            title=text(
                "Swap and hibernation space are encrypted", "Les espaces d’échange et d’hibernation sont chiffrés"
            ),
            reason=text("needs root", "exige root"),
            evidence=None,
        ),
        result_of(
            check="PRV-02",
            area="privileges",
            severity=Severity.HIGH,
            state=State.NOT_CHECKED,
            failure="privilege",
            title=text(
                "sudo asks for a password and is not a blank cheque", "sudo demande un mot de passe et reste limité"
            ),
            reason=text("needs root", "exige root"),
            evidence=None,
        ),
        result_of(
            check="LCK-03",
            area="screen-lock",
            severity=Severity.HIGH,
            state=State.NOT_CHECKED,
            failure="not_observable",
            title=text(
                "A password is asked at once when the screen wakes", "Le mot de passe est exigé au réveil de l’écran"
            ),
            reason=text("needs a running system", "exige un système en marche"),
            evidence=None,
        ),
        result_of(
            check="LCK-04",
            area="screen-lock",
            severity=Severity.HIGH,
            state=State.NOT_APPLICABLE,
            title=text(
                "KDE and other Linux desktops lock after inactivity",
                "KDE et autres bureaux Linux se verrouillent après inactivité",
            ),
            reason=text("no desktop but GNOME is installed", "aucun autre bureau que GNOME n’est installé"),
            evidence=None,
        ),
    ]
    return run_of(
        sorted(results, key=lambda r: r.check),
        excluded=(
            Exclusion("AVM-05", text("No exclusion list on this product", "Pas de liste d’exclusions sur ce produit")),
        ),
        waiver_file="inventory/waivers.yaml",
        baseline="2026-11-01T02:00:00Z poste-042.lyon.example",
        notes=(text("The clock is 3 minutes late.", "L’horloge retarde de 3 minutes."),),
    )


def hostile(poison: str = HOSTILE) -> Run:
    """Return a run in which every text that can come from a machine or a person is ``poison``."""
    both = text(poison)
    seen = Evidence(
        [
            {"item": poison, "observed": poison, "expected": poison, "ok": ok, poison: poison}
            for ok in ("0", "0", "", poison, "1")
        ],
        failing=2,
        undecided=2,
        passing=1,
    )
    waiver = AppliedWaiver(poison, poison, poison, (poison,), target=poison)
    common: dict[str, Any] = {
        "title": both,
        "reason": both,
        "rationale": both,
        "area": poison,
        "path": poison,
        "failure": poison,
        "remediation": Remediation(poison, poison, both),
        "controls": {poison: (poison,), "gdpr": (poison,)},
        "parameters": {poison: poison, "list": [poison, 1]},
        "sql": {poison: poison},
        "evidence": seen,
        "witness": seen,
        "expired_waivers": (waiver._replace(expired=True),),
        "change": AppliedChange(poison, "still_failing", both, (poison, poison)),
    }
    results = [result_of(**common, check=f"BAD-{n:02}", state=state) for n, state in enumerate(State)]
    results += [
        result_of(**common, check="BAD-10", waiver=waiver),
        result_of(**common, check="BAD-11", known=True),
        result_of(**common, check=poison),
        result_of(**common, check=poison),
    ]
    return run_of(
        results,
        target=TargetIdentity(poison, poison, poison, poison, poison, poison),
        engine=EngineIdentity(poison, poison, poison, privileged=False),
        role=poison,
        profile=poison,
        started=poison,
        ended=poison,
        content=poison,
        version=poison,
        waiver_file=poison,
        baseline=poison,
        notes=(both,),
        excluded=(Exclusion(poison, both),),
    )


@pytest.fixture(scope="session")
def make_result() -> ResultFactory:
    """Make a result: a plain finding with changes."""
    return result_of


@pytest.fixture(scope="session")
def make_run() -> RunFactory:
    """Make a run of results."""
    return run_of


@pytest.fixture(scope="session")
def make_evidence() -> Callable[..., Evidence]:
    """Make evidence of rows."""
    return evidence_of


@pytest.fixture(scope="session")
def sample_run() -> Run:
    """Make a run with something of everything."""
    return sample()


@pytest.fixture(scope="session")
def hostile_run() -> Run:
    """Make a run whose every text is hostile."""
    return hostile()


@pytest.fixture(scope="session")
def poison_run() -> Callable[[str], Run]:
    """Make a run whose every text is the one given."""
    return hostile


@pytest.fixture(scope="session")
def silent_run() -> Run:
    """Make the run of a machine that did not answer."""
    reason = text("the endpoint did not answer", "la machine n’a pas répondu")
    results = [
        result_of(check=check, state=State.NOT_CHECKED, failure="silent", reason=reason, evidence=None, seconds=0.0)
        for check in ("DSK-01", "FWL-01")
    ]
    return run_of(results, target=TargetIdentity("poste-099", system=""))
