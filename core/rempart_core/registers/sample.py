"""An invented organisation of a dozen people: nearly all that is asked is kept, one thing too old, one missing.

It shows what registers look like and what is said of them. Each file says that it is invented.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from rempart_core.messages.message import Message
from rempart_core.messages.say import say
from rempart_core.registers.catalogue import CONTRACTS
from rempart_core.registers.edit import write_beside
from rempart_core.registers.yaml_edit import write_row, write_value

HOSTS = ("web-1", "pbx-1", "desk-1")
TEAMS = ("Support", "Sales")
_PEOPLE = 12
_RECORD = "p-013"  # who has left
Entry = dict[str, str]


class Sample:
    """Makes the files."""

    def __init__(self, now: float, language: str) -> None:
        """Prepare.

        Args:
            now: The moment, in seconds since 1970: all dates lie before it.
            language: ``en`` or ``fr``: of texts.
        """
        self._now = datetime.fromtimestamp(now, UTC)
        self._language = language

    def write(self, folder: str) -> list[str]:
        """Write the registers and their evidence, and return the paths.

        Args:
            folder: Where to; it is there.

        Raises:
            UsageError: A file can't be written.
        """
        paths = []
        evidence = os.path.join(folder, "evidence")
        for name, contract in CONTRACTS.items():
            entries = self._entries(name)
            if entries is None:
                continue
            comment = f"# {say(Message('registers_sample.invented'), self._language)}\n"
            head = f"{comment}as_of: {self._day(1)}\nby: p-001\n"
            if contract.single:
                (only,) = entries
                body = "".join(f"{key}: {write_value(value)}\n" for key, value in only.items())
            else:
                proof = self._prove(name, evidence) if contract.evidence and entries else {}
                rows = [{**entry, **({} if "reference" in entry else proof)} for entry in entries]
                body = "".join(
                    ["entries:\n" if rows else "entries: []\n", *(f"  - {write_row(row)}\n" for row in rows)]
                )
            paths.append(os.path.join(folder, f"{name}.yaml"))
            write_beside(paths[-1], (head + body).encode())
        return paths

    def _prove(self, name: str, folder: str) -> Entry:
        """Write the evidence of a register, and return the columns that name it."""
        text = say(Message("registers_sample.evidence", name=name), self._language).encode() + b"\n"
        write_beside(os.path.join(folder, f"{name}.txt"), text)
        return {"evidence": f"evidence/{name}.txt", "sha256": sha256(text).hexdigest()}

    def _day(self, ago: int) -> str:
        return (self._now - timedelta(days=ago)).strftime("%Y-%m-%d")

    def _time(self, hours: float) -> str:
        return (self._now - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%MZ")

    def _text(self, message: Message) -> str:
        return say(message, self._language)

    def _entries(self, name: str) -> list[Entry] | None:
        """Return the entries of a register; None for one that is missing."""
        if name == "second_factor":  # the one that nobody kept
            return None
        for part in (self._staff, self._decisions, self._access, self._work, self._privacy):
            if (found := part().get(name)) is not None:
                return found
        return []

    def _people(self) -> Iterator[tuple[str, str]]:
        """Give everybody who is there, each with a team."""
        for number in range(1, _PEOPLE + 1):
            yield f"p-{number:03}", TEAMS[number % 2]

    def _staff(self) -> dict[str, list[Entry]]:
        people = list(self._people())
        kinds = ("employee", "employee", "temp", "employee", "subcontractor", "employee")
        roster = [
            {"id": id_, "team": team, "kind": kinds[number % 6], "card_data": "false", "access_from": self._day(300)}
            for number, (id_, team) in enumerate(people)
        ]
        roster.append(
            {"id": _RECORD, "team": TEAMS[0], "kind": "temp", "access_from": self._day(300), "left": self._day(40)}
        )
        trained = [
            {"person": id_, "kind": kind, "date": self._day(ago), "syllabus": "v3", "minutes": "90"}
            for kind, ago in (("initial", 310), ("recurrent", 100))
            for id_, _ in people
        ]
        return {
            "organisation": [
                {
                    "name": self._text(Message("registers_sample.name")),
                    "headcount": str(_PEOPLE),
                    "headcount_date": self._day(1),
                    "dpo": "p-003",
                    "dpo_since": self._day(400),
                    "sample": "true",
                }
            ],
            "people": roster,
            "undertakings": [{"person": id_, "date": self._day(305)} for id_, _ in people],
            "notices": [{"person": id_, "topic": "both", "date": self._day(305)} for id_, _ in people],
            "training": trained,
            "awareness_tests": [
                {"person": id_, "date": self._day(95), "score": str(85 + number % 3 * 5), "questions": "v2"}
                for number, (id_, _) in enumerate(people)
            ],
            "acknowledgements": [
                {"person": id_, "policy": "pol-security", "version": "v4", "date": self._day(50)} for id_, _ in people
            ],
            "phishing": [
                {
                    "campaign": "autumn",
                    "date": self._day(30),
                    "team": team,
                    "targets": "6",
                    "clicked": "0",
                    "reported": "3",
                }
                for team in TEAMS
            ],
            "referents": [
                {
                    "team": team,
                    "person": f"p-{number:03}",
                    "since": self._day(200),
                    "certificate": "SecNumacademie",
                    "expires": self._day(-500),
                }
                for number, team in ((2, TEAMS[0]), (1, TEAMS[1]))
            ],
            "reporting": [
                {
                    "channel": "security@example.org",
                    "sent": self._time(24 * 20),
                    "acknowledged": self._time(24 * 20 - 1),
                    "reports": "4",
                }
            ],
            "caller_checks": [
                {"team": team, "date": self._day(25), "sampled": "40", "compliant": "39"} for team in TEAMS
            ],
        }

    def _decisions(self) -> dict[str, list[Entry]]:
        topics = (
            "security",
            "confidentiality",
            "access",
            "passwords",
            "incident_plan",
            "continuity_plan",
            "caller_verification",
            "monitoring",
            "recording",
        )
        return {
            "policies": [
                {
                    "id": f"pol-{topic.replace('_', '-')}",
                    "topic": topic,
                    "version": "v4",
                    "approved": self._day(60),
                    "approver": "p-001",
                }
                for topic in topics
            ],
            "assessments": [
                {"id": "ra-1", "date": self._day(45), "reason": "periodic", "scenarios": "8", "author": "p-003"}
            ],
            "treatments": [
                {
                    "id": "t-1",
                    "scenario": "S1",
                    "checks": "ORG-12",
                    "action": self._text(Message("registers_sample.treatment")),
                    "owner": "p-002",
                    "due": self._day(-60),
                }
            ],
            "audits": [
                {"id": "au-1", "kind": "internal", "date": self._day(80), "auditor": "p-004", "findings": "1"},
                {
                    "id": "au-2",
                    "kind": "third_party",
                    "date": self._day(200),
                    "auditor": "Audit SA",
                    "findings": "0",
                    "reference": self._text(Message("registers_sample.contract_room")),
                },
            ],
            "actions": [
                {
                    "id": "ac-1",
                    "source": "au-1",
                    "severity": "high",
                    "what": self._text(Message("registers_sample.action")),
                    "owner": "p-002",
                    "opened": self._day(78),
                    "due": self._day(-30),
                }
            ],
        }

    def _access(self) -> dict[str, list[Entry]]:
        reviews = (("CRM", "application"), ("admins", "administrators"), ("CRM", "journal"))
        return {
            "access_reviews": [
                {"scope": scope, "kind": kind, "date": self._day(40), "reviewer": "p-002", "removed": "1"}
                for scope, kind in reviews
            ],
            "departures": [
                {"person": _RECORD, "left": self._time(24 * 40), "closed": self._time(24 * 40 - 3), "ticket": "IT-31"}
            ],
            "escrow": [{"host": host, "kind": "luks"} for host in HOSTS],
            "break_glass": [{"account": "rescue", "date": self._day(70), "result": "worked", "by": "p-002"}],
            "physical": [
                {"site": "Lyon", "kind": kind, "date": self._day(50), "by": "p-004"}
                for kind in ("badge_review", "visitor_log", "camera_check")
            ],
        }

    def _work(self) -> dict[str, list[Entry]]:
        classes = (("web-1", "personal", "G3", "CRM"), ("pbx-1", "card", "G4", "PBX"), ("desk-1", "internal", "G2", ""))
        duties = (("p-001", "lead", "first"), ("p-002", "lead", "deputy"), ("p-004", "technical", "first"))
        more = (("p-005", "technical", "deputy"), ("p-003", "privacy", "first"), ("p-006", "privacy", "deputy"))
        return {
            "assets": [
                {
                    "host": host,
                    "owner": "p-002",
                    "data_class": data,
                    "people_count": "20000",
                    "criticality": grade,
                    "exposure": "internal",
                    **({"service": service} if service else {}),
                }
                for host, data, grade, service in classes
            ],
            "restores": [
                {
                    "id": f"r-{number}",
                    "what": what,
                    "host": host,
                    "backup": "borg",
                    "date": self._day(35),
                    "minutes": "50",
                    "rto_minutes": "240",
                    "data_age_minutes": "600",
                    "rpo_minutes": "1440",
                    "integrity": "verified",
                    "offsite": "true",
                    "by": "p-004",
                }
                for number, (host, what) in enumerate((("web-1", "CRM"), ("pbx-1", "PBX"), ("desk-1", "desk")), 1)
            ],
            "exercises": [
                {
                    "id": "ex-1",
                    "kind": "continuity",
                    "date": self._day(90),
                    "scenario": "S3",
                    "findings": "0",
                    "by": "p-001",
                },
                {
                    "id": "ex-2",
                    "kind": "incident",
                    "date": self._day(120),
                    "scenario": "S1",
                    "findings": "0",
                    "by": "p-001",
                },
            ],
            "incident_team": [
                {"person": person, "duty": duty, "rank": rank} for person, duty, rank in (*duties, *more)
            ],
            "network_reviews": [  # the ones that are too old
                {"site": "Lyon", "kind": kind, "date": self._day(200), "by": "p-004"}
                for kind in ("firewall_rules", "ids_signatures", "vlan_map")
            ],
            "alerts": [
                {
                    "id": "al-1",
                    "raised": self._time(50),
                    "due": self._time(46),
                    "acknowledged": self._time(49),
                    "by": "p-004",
                }
            ],
            "watch": [
                {
                    "date": self._day(9),
                    "source": "CERT-FR",
                    "note": self._text(Message("registers_sample.watch")),
                    "by": "p-004",
                }
            ],
        }

    def _privacy(self) -> dict[str, list[Entry]]:
        return {
            "processing": [
                {
                    "id": "pr-1",
                    "purpose": self._text(Message("registers_sample.purpose")),
                    "legal_basis": "6(1)(f)",
                    "data": self._text(Message("registers_sample.data")),
                    "retention": self._text(Message("registers_sample.retention")),
                    "reviewed": self._day(60),
                    "dpia": "done",
                    "dpia_date": self._day(150),
                    "monitors_staff": "true",
                }
            ],
            "processors": [
                {
                    "id": "hosting-sa",
                    "service": self._text(Message("registers_sample.hosting")),
                    "contract_date": self._day(300),
                    "contract_end": self._day(-400),
                }
            ],
            "recordings": [
                {"system": "pbx-1", "kind": kind, "oldest": self._day(150), "checked": self._day(10), "by": "p-003"}
                for kind in ("recording", "analysis")
            ],
            "consultations": [
                {"date": self._day(320), "body": "CSE", "subject": self._text(Message("registers_sample.subject"))}
            ],
        }
