"""An organisation all of whose checks pass, as a folder of registers with evidence, and what its machines showed."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rempart_agent.engines.registers import Live

Entry = Mapping[str, str | int]
PEOPLE = ("p-001", "p-002", "p-003")
HOSTS = ("web-1", "desk-1")


def day(ago: int, now: float | None = None) -> str:
    """Return the day so many days before (or, negative, after) now."""
    return time.strftime("%Y-%m-%d", time.gmtime((now or time.time()) - ago * 86400))


def moment(hours: float) -> str:
    """Return the time so many hours before now, with its offset."""
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() - hours * 3600))


def _entries() -> dict[str, Sequence[Entry]]:
    each = [{"person": one} for one in PEOPLE]
    return {
        "people": [
            {"id": "p-001", "team": "support", "kind": "employee", "access_from": day(400)},
            {"id": "p-002", "team": "support", "kind": "temp", "access_from": day(400), "card_data": "true"},
            {"id": "p-003", "team": "sales", "kind": "employee", "access_from": day(400)},
            {"id": "p-004", "team": "sales", "kind": "employee", "access_from": day(900), "left": day(30)},
        ],
        "undertakings": [one | {"date": day(410)} for one in each],
        "notices": [one | {"topic": "both", "date": day(300)} for one in each],
        "policies": [
            {"id": name, "topic": topic, "version": "2", "approved": day(90), "approver": "p-001"}
            for name, topic in (("psi", "security"), ("inc", "incident_plan"), ("call", "caller_verification"))
        ],
        "acknowledgements": [one | {"policy": "psi", "version": "2", "date": day(80)} for one in each],
        "assessments": [
            {"id": "r-1", "date": day(100), "reason": "periodic", "scenarios": 8, "author": "p-001"},
        ],
        "changes": [{"id": "c-1", "date": day(200), "what": "new telephone system"}],
        "treatments": [
            {"id": "t-1", "scenario": "S3", "checks": "BKP-01", "action": "copy", "owner": "p-001", "due": day(-60)},
        ],
        "acceptances": [
            {
                "scenario": "S6",
                "level": "tolerable",
                "reason": "small",
                "by": "p-001",
                "date": day(90),
                "until": day(-200),
            },
        ],
        "audits": [
            {"id": "i-1", "kind": "internal", "date": day(60), "auditor": "internal", "findings": 1},
            {"id": "e-1", "kind": "third_party", "date": day(200), "auditor": "Example Audit", "findings": 0},
        ],
        "actions": [
            {
                "id": f"a-{source}",
                "source": source,
                "severity": "critical",
                "what": "to be done",
                "owner": "p-001",
                "opened": day(50),
                "due": day(-50),
            }
            for source in ("x-1", "x-2")
        ],
        "training": [
            one | {"kind": kind, "date": date, "syllabus": "3", "minutes": 60}
            for one in each
            for kind, date in (("initial", day(405)), ("recurrent", day(60)))
        ],
        "awareness_tests": [one | {"date": day(60), "score": 90, "questions": "2026-1"} for one in each],
        "phishing": [
            {"campaign": "spring", "date": day(30), "team": team, "targets": 20, "clicked": 1, "reported": 9}
            for team in ("support", "sales")
        ],
        "referents": [
            {"team": team, "person": one, "since": day(200), "certificate": f"c-{team}", "expires": day(-200)}
            for team, one in (("support", "p-001"), ("sales", "p-003"))
        ],
        "reporting": [{"channel": "security", "sent": moment(480), "acknowledged": moment(478), "reports": 3}],
        "caller_checks": [{"team": "support", "date": day(30), "sampled": 40, "compliant": 40}],
        "access_reviews": [
            {"scope": "crm", "kind": kind, "date": day(40), "reviewer": "p-001"}
            for kind in ("application", "administrators", "journal")
        ],
        "departures": [{"person": "p-004", "left": moment(720), "closed": moment(718)}],
        "second_factor": [
            {"account": f"a-{kind}", "kind": kind, "method": "key"} for kind in ("administrator", "other")
        ],
        "escrow": [{"host": one, "kind": "luks"} for one in HOSTS],
        "break_glass": [{"account": "emergency", "date": day(60), "result": "worked", "by": "p-001"}],
        "physical": [
            {"site": "paris", "kind": kind, "date": day(60), "by": "p-001"}
            for kind in ("badge_review", "visitor_log", "camera_check")
        ],
        "assets": [{"host": one, "owner": "p-001", "data_class": "personal", "criticality": "G3"} for one in HOSTS],
        "restores": [
            {
                "id": "s-1",
                "what": "crm",
                "host": "web-1",
                "backup": "borg",
                "date": day(30),
                "minutes": 60,
                "rto_minutes": 240,
                "data_age_minutes": 300,
                "rpo_minutes": 1440,
                "integrity": "verified",
                "by": "p-001",
            },
        ],
        "exercises": [
            {"id": name, "kind": kind, "date": day(100), "scenario": "fire", "findings": 1, "by": "p-001"}
            for name, kind in (("x-1", "continuity"), ("x-2", "incident"))
        ],
        "incident_team": [
            {"person": person, "duty": duty, "rank": rank}
            for duty, first, deputy in (("lead", "p-001", "p-002"), ("technical", "p-002", "p-003"))
            for rank, person in (("first", first), ("deputy", deputy))
        ],
        "network_reviews": [
            {"site": "paris", "kind": kind, "date": day(60), "by": "p-001"}
            for kind in ("firewall_rules", "ids_signatures", "vlan_map")
        ],
        "alerts": [{"id": "al-1", "raised": moment(200), "due": moment(196), "acknowledged": moment(199)}],
        "watch": [{"date": day(10), "source": "CERT", "note": "two notices", "by": "p-001"}],
        "breaches": [
            {
                "id": "b-1",
                "incident": "20260901-1",
                "what": "laptop lost",
                "aware": moment(2000),
                "assessed": moment(1999),
                "risk": "risk",
                "notified": moment(1990),
            },
        ],
        "processing": [
            {
                "id": "calls",
                "purpose": "support",
                "legal_basis": "contract",
                "data": "names",
                "retention": "6 months",
                "reviewed": day(90),
                "dpia": "done",
                "dpia_date": day(200),
                "monitors_staff": "true",
            },
        ],
        "processors": [{"id": "host", "service": "hosting", "contract_date": day(500), "contract_end": day(-300)}],
        "recordings": [{"system": "pbx", "kind": "recording", "oldest": day(150), "checked": day(20), "by": "p-001"}],
        "consultations": [{"date": day(700), "body": "works council", "subject": "recording"}],
    }


NO_EVIDENCE = frozenset(
    ("people", "changes", "treatments", "actions", "second_factor", "escrow", "assets", "incident_team", "alerts")
)


def write_organisation(folder: Path) -> Path:
    """Write the registers and their evidence, and return the folder: every check of an organisation passes."""
    (folder / "evidence").mkdir(parents=True, exist_ok=True)
    head = {"as_of": day(5), "by": "p-001"}
    own = {"name": "Example", "headcount": 3, "headcount_date": day(5), "dpo": "dpo-1", "dpo_since": day(900)}
    (folder / "organisation.yaml").write_text(_yaml(head | own))
    for name, entries in _entries().items():
        lines = [_yaml(head), "entries:\n"]
        for number, entry in enumerate(entries):
            text = ", ".join(f"{key}: {_value(value)}" for key, value in entry.items())
            if name not in NO_EVIDENCE:
                file = f"evidence/{name}-{number}.txt"
                data = f"proof of {name} {number}\n".encode()
                (folder / file).write_bytes(data)
                text += f", evidence: {{file: {file}, sha256: {hashlib.sha256(data).hexdigest()}}}"
            lines.append(f"  - {{{text}}}\n")
        (folder / f"{name}.yaml").write_text("".join(lines))
    return folder


def _yaml(values: Mapping[str, str | int]) -> str:
    return "".join(f"{key}: {_value(value)}\n" for key, value in values.items())


def _value(value: str | int) -> str:
    return str(value) if isinstance(value, int) or value in {"true", "false"} else _plain(value)


def _plain(value: str) -> str:
    return value if len(value) == 10 and value[4:5] == "-" and value[:4].isdigit() else json.dumps(value)


def live_results() -> Live:
    """Return what the machines and the incidents of the organisation showed."""
    seen: dict[str, str | int] = {"seen": moment(1), "age_days": 0}
    results = [
        {"host": host, "check_id": check, "state": "pass", "severity": "high", "since": "", "waived": 0} | seen
        for host in HOSTS
        for check in ("DSK-01", "BKP-01", "ACC-09")
    ]
    hosts = [
        {"host": host, "platform": "linux", "system": "Debian GNU/Linux 13", "criticality": ""} | seen for host in HOSTS
    ]
    incident = {"id": "20260901-1", "host": "desk-1", "state": "closed", "people_count": 12, "trouble": ""}
    return Live(results, hosts, [incident])
