"""OSCAL 1.2.1: assessment results, and a plan of action and milestones; JSON, written piece by piece.

``satisfied`` is never written: a check contributes to a requirement and does not satisfy one. A requirement with a gap
is a finding that is ``not-satisfied``; all else is an observation without a finding. What a format of NIST has no word
for stands in properties of our own namespace. Ids are UUIDs of version 5 over what they name, so that the same store
gives the same bytes, and the same host the same id in the next report.

Source: NIST, OSCAL 1.2.1, JSON schemas of the models "assessment-results" and "plan-of-action-and-milestones".
"""

import json
import re
from collections.abc import Iterator
from html import escape
from typing import TextIO
from uuid import UUID, uuid5

from rempart_core.json_value import Json
from rempart_core.messages.labels import Labels
from rempart_core.model.history import HostState, Standing
from rempart_core.model.result import Result, State
from rempart_core.text import clean_line
from rempart_core.timestamps import write_moment
from rempart_reports.views.dossier.gather import list_results, tells_evidence
from rempart_reports.views.dossier.model import ORGANISATION, CheckFinding, Dossier, Moment
from rempart_reports.views.dossier.phrase import tell_reason, tell_rows, tell_severities, tell_state
from rempart_reports.views.evidence_rows import SHOWN
from rempart_reports.views.fleet_requirement import FleetRequirement
from rempart_reports.writing.translation import colon

VERSION = "1.2.1"
NAMESPACE = "urn:rempart:oscal"
_ROOT = UUID("6f6d3bb4-8d1f-5c9e-9b0a-6d0a3f0c7a11")
_TOGETHER = (State.PASS, State.NOT_APPLICABLE)
Data = dict[str, Json]


def tokenise(framework: str, requirement: str) -> str:
    """Return a requirement as a token of OSCAL, which may hold no brackets: ``32(1)(b)`` is ``gdpr-32.1.b``.

    Args:
        framework: Its id, which begins with a letter.
        requirement: As the framework numbers it.
    """
    dotted = requirement.replace(")", "").replace("(", ".")
    return re.sub(r"[^\w.-]", "-", f"{framework}-{dotted}")


def _id(*parts: str) -> str:
    return str(uuid5(_ROOT, "\x1f".join(parts).encode("utf-8", "replace").decode()))


def _line(text: str) -> str:
    """Return untrusted text as a string of OSCAL: one line, not empty, no blanks around it."""
    return " ".join(clean_line(text).split()) or "–"


def _marked(text: str) -> str:
    """Return untrusted text as marked-up text of OSCAL, in which it marks up nothing."""
    return re.sub(r"([\\`*_\[\]])", r"\\\1", escape(_line(text), quote=False))


def _prop(name: str, value: str) -> Data:
    return {"name": name, "ns": NAMESPACE, "value": _line(value)}


class Oscal:
    """Writes the two documents of a report.

    Args:
        dossier: The numbers.
        moment: The answers that they come from.
        language: ``en`` or ``fr``, that of titles and descriptions.
    """

    def __init__(self, dossier: Dossier, moment: Moment, language: str) -> None:
        self._dossier = dossier
        self._moment = moment
        self._language = language
        self._label = Labels("dossier", language)
        self._seed = (write_moment(dossier.now.at), dossier.head, dossier.content.digest, language)
        self._hosts = {line.state.name: _id("host", line.state.name) for line in dossier.now.hosts}

    def write_results(self, out: TextIO) -> None:
        """Write the assessment results.

        Args:
            out: Where to, as UTF-8.
        """
        plan = _id("plan", *self._seed)
        head: Data = {
            "uuid": _id("results", *self._seed),
            "metadata": self._metadata(self._label("kind")),
            "import-ap": {"href": f"#{plan}"},
        }
        out.write('{"assessment-results":' + _encode(head)[:-1] + ',"results":[')
        out.write(_encode(self._result())[:-1])
        if self._dossier.now.kinds:
            out.write(',"observations":[')
            out.writelines(
                ("," if place else "") + "\n" + _encode(observation)
                for place, observation in enumerate(self._observations())
            )
            out.write("]")
        findings = list(self._findings())
        if findings:
            out.write(',"findings":' + _encode(findings))
        resource: Data = {
            "uuid": plan,
            "title": self._label("oscal_plan"),
            "description": self._label("oscal_plan_about", digest=self._dossier.content.digest),
        }
        out.write('}],"back-matter":' + _encode({"resources": [resource]}) + "}}\n")

    def write_plan(self, out: TextIO) -> None:
        """Write the plan of action and milestones; only where there is an open finding, for it may not be empty.

        Args:
            out: Where to, as UTF-8.
        """
        plan: Data = {
            "uuid": _id("poam", *self._seed),
            "metadata": self._metadata(self._label("oscal_poam")),
            "poam-items": [self._item(one) for one in self._dossier.now.findings],
        }
        out.write(_encode({"plan-of-action-and-milestones": plan}) + "\n")

    def _metadata(self, title: str) -> Data:
        return {
            "title": title,
            "last-modified": write_moment(self._dossier.now.at),
            "version": _line(self._dossier.content.version),
            "oscal-version": VERSION,
        }

    def _result(self) -> Data:
        now = self._dossier.now
        controls: list[Json] = [
            {"control-id": tokenise(framework, one.name)} for framework, rows in now.requirements for one in rows
        ]
        selection: Data = {"include-controls": controls} if controls else {"include-all": {}}
        result: Data = {
            "uuid": _id("result", *self._seed),
            "title": self._label("kind"),
            "description": self._label("no_certificate"),
            "start": write_moment(self._dossier.since),
            "end": write_moment(now.at),
            "props": [
                _prop("incomplete", "yes" if now.incomplete else "no"),
                _prop("provisional", "yes" if now.provisional else "no"),
                _prop("judged", str(now.judged)),
                _prop("asked", str(now.weighed)),
                *([_prop("chain-head", self._dossier.head)] if self._dossier.head else []),
            ],
        }
        if now.hosts:
            items: list[Json] = [self._inventory(line.state) for line in now.hosts]
            result["local-definitions"] = {"inventory-items": items}
        result["reviewed-controls"] = {"control-selections": [selection]}
        return result

    def _inventory(self, host: HostState) -> Data:
        facts = {"group": host.group, "platform": host.platform, "system": host.system, "role": host.role}
        props: list[Json] = [_prop("host", host.name), _prop("silent", "yes" if host.silent else "no")]
        props += [_prop(name, value) for name, value in facts.items() if value]
        return {"uuid": self._hosts[host.name], "description": _marked(host.name), "props": props}

    def _observations(self) -> Iterator[Data]:
        """Yield an observation for each result, and one for all hosts on which a check passed, or does not apply."""
        together: dict[tuple[str, State], tuple[Result, list[str], int]] = {}
        for host, results in list_results(self._moment, self._dossier.content):
            seen = host.seen if host.answered is None else host.answered
            for standing, result in results:
                if result.state in _TOGETHER:
                    key = result.check, result.state
                    one, hosts, oldest = together.get(key, (result, [], seen))
                    hosts.append(host.name)
                    together[key] = one, hosts, min(oldest, seen)
                else:
                    yield self._observation(host, standing, result, seen)
        for (check, state), (result, hosts, oldest) in sorted(together.items(), key=lambda pair: pair[0][0]):
            id_ = _id("observation", *self._seed, check, state.value)
            yield self._observe(id_, result, oldest, hosts)

    def _observation(self, host: HostState, standing: Standing, result: Result, seen: int) -> Data:
        found = self._observe(self._name(host.name, result.check), result, seen, [host.name])
        props = found["props"]
        assert isinstance(props, list)  # noqa: S101 - made below
        if standing.failing_since is not None:
            props.append(_prop("failing-since", write_moment(standing.failing_since)))
        if result.failure:
            props.append(_prop("failure", result.failure))
        if result.waiver is not None:
            props.append(_prop("accepted-until", result.waiver.end))
        rows = tell_rows(result, self._language, SHOWN) if tells_evidence(host) else []
        if rows:
            found["relevant-evidence"] = [{"description": _marked(row)} for row in rows]
        return found

    def _name(self, host: str, check: str) -> str:
        return _id("observation", *self._seed, check, host)

    def _observe(self, id_: str, result: Result, seen: int, hosts: list[str]) -> Data:
        language = self._language
        reason = tell_reason(result, language) if len(hosts) == 1 else ""
        told = colon(language).join(filter(None, (tell_state(result, language), reason)))
        check = self._dossier.content.checks.get(result.check)
        method = "EXAMINE" if check and ORGANISATION in check.platforms else "TEST"
        state = "accepted" if result.state is State.FAIL and result.waived else result.state.value
        return {
            "uuid": id_,
            "title": _marked(f"{result.check} {result.title.get(language)}"),
            "description": _marked(told),
            "props": [_prop("check", result.check), _prop("state", state), _prop("severity", result.severity.value)],
            "methods": [method],
            "subjects": [
                {"subject-uuid": self._hosts[host], "type": "inventory-item", "title": _marked(host)} for host in hosts
            ],
            "collected": write_moment(seen),
        }

    def _findings(self) -> Iterator[Data]:
        """Yield a finding for each requirement with a gap, with the observations of what fails."""
        failing = {one.check: one for one in self._dossier.now.findings}
        for framework, rows in self._dossier.now.requirements:
            for one in rows:
                gaps = [failing[check] for check in one.checks if check in failing]
                if one.verdict.kind == "gap" and gaps:
                    yield self._finding(framework, one, gaps)

    def _finding(self, framework: str, one: FleetRequirement, gaps: list[CheckFinding]) -> Data:
        token = tokenise(framework, one.name)
        title = one.title.get(self._language) if one.title else one.name
        return {
            "uuid": _id("finding", *self._seed, token),
            "title": _marked(f"{one.name} {title}"),
            "description": _marked(self._label("oscal_gap", checks=", ".join(gap.check for gap in gaps))),
            "target": {"type": "objective-id", "target-id": token, "status": {"state": "not-satisfied"}},
            "related-observations": [
                {"observation-uuid": self._name(host, gap.check)} for gap in gaps for host in gap.hosts
            ],
        }

    def _item(self, one: CheckFinding) -> Data:
        label, language = self._label, self._language
        told = label("oscal_item", hosts=", ".join(one.hosts), severities=tell_severities({one.severity: 1}, language))
        return {
            "uuid": _id("item", *self._seed, one.check),
            "title": _marked(f"{one.check} {one.title.get(language)}"),
            "description": _marked(told),
            "props": [
                _prop("check", one.check),
                _prop("severity", one.severity.value),
                _prop("hosts", str(len(one.hosts))),
                *([] if one.since is None else [_prop("failing-since", write_moment(one.since))]),
            ],
        }


def _encode(data: Json) -> str:
    return json.dumps(data, separators=(",", ":"))
