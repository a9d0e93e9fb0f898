"""A host's run out of what the store remembers: from the signed document, else put together from the states.

The document says the same as the report that was written of the run. Where there is none (nothing was signed, retention
took it, only some checks were asked), each check's state, reason and evidence are in the store, and what it is about in
the content; as it was sent, and with which parameters, is told by the document alone.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rempart_core.documents.run_document import read
from rempart_core.error import DocumentError, UsageError
from rempart_core.model.check import Check, Remediation
from rempart_core.model.fix_steps import for_host
from rempart_core.model.history import Detail, KeptEvidence, KeptWaiver, Standing
from rempart_core.model.parameter import Value
from rempart_core.model.result import (
    AppliedWaiver,
    EngineIdentity,
    Evidence,
    Result,
    Run,
    TargetIdentity,
    name_sentences,
)
from rempart_core.model.selection import resolve_values
from rempart_core.text import NOTHING, Text, clean_line
from rempart_core.timestamps import write_moment
from rempart_server.pages.known import Known
from rempart_store.read.fleet_view import Groups, HostLine, read_standings
from rempart_store.read.signed_view import read_documents

if TYPE_CHECKING:
    from rempart_store.connection import Connection


def recall_run(connection: "Connection", groups: Groups, host: HostLine, at: int | None, known: Known) -> Run:
    """Return a host's run at a moment.

    Args:
        connection: Reads.
        groups: Those that may be read.
        host: The host at that moment.
        at: The moment; None for now.
        known: What the content says.
    """
    for document in read_documents(connection, host):
        try:
            run = read(document)
        except DocumentError:
            continue
        if clean_line(run.target.group) == host.state.group:
            return run._replace(target=run.target._replace(name=host.state.name))
    standings = read_standings(connection, groups, host, at)
    return assemble(host, standings, known)


def assemble(host: HostLine, standings: Iterable[Standing], known: Known) -> Run:
    """Return a run put together from states.

    Args:
        host: The host.
        standings: Of its checks, with details.
        known: What the content says.
    """
    state, moment = host.state, write_moment(host.state.seen)
    target = TargetIdentity(state.name, "host", state.group, state.platform, state.system)
    return Run(
        target=target,
        engine=EngineIdentity("", "", "", privileged=True),
        role=state.role,
        profile=state.profile,
        started=moment,
        ended=moment,
        results=list(_list_results(host, standings, known)),
    )


def _list_results(host: HostLine, standings: Iterable[Standing], known: Known) -> Iterator[Result]:
    state = host.state
    for one in standings:
        check = known.checks.get(one.check)
        result = read_result(one, check, state.platform, state.system)
        if check is not None and check.revision == result.revision:
            result = result._replace(parameters=_parameters(check, state.profile, known))
        yield result


def read_result(one: Standing, check: Check | None, platform: str = "", system: str = "") -> Result:
    """Return the result that a state was of.

    Args:
        one: The state, with its details.
        check: What the content says of the check; None where it has none of that name.
        platform: The host's.
        system: The host's operating system.
    """
    detail = one.detail
    evidence, witness = _evidence(detail.get("evidence")), _evidence(detail.get("witness"))
    plain = Result(
        check=one.check,
        revision=detail.get("revision", check.revision if check else 0),
        title=one.title,
        area=check.area if check else "",
        severity=one.severity,
        state=one.state,
        reason=_reason(detail),
        rationale=check.rationale if check else NOTHING,
        remediation=_fix(check, platform, system),
        controls=check.controls if check else {},
        evidence=evidence,
        witness=witness,
        incomplete=detail.get("incomplete", False),
        waiver=_waiver(detail.get("waiver")) if one.waived else None,
        expired_waivers=tuple(map(_read_waiver, detail.get("expired_waivers", []))),
        failure=detail.get("failure", ""),
        path=check.path if check else "",
    )
    if check is None or check.revision != plain.revision:
        return plain  # what today's check says of its evidence may be wrong of that time's
    sentences = name_sentences(check.sentences, evidence, witness)
    return plain._replace(not_examined=check.not_examined, complete=check.complete, sentences=sentences)


def _parameters(check: Check, profile: str, known: Known) -> dict[str, Value]:
    """Return the values that the profile gives, which words of evidence name; none where it is not known."""
    if not check.parameters or profile not in known.profiles:
        return {}
    try:
        return resolve_values(check, known.profiles[profile], {})
    except UsageError:
        return {}


def _reason(detail: Detail) -> Text:
    english, french = detail.get("reason", ["", ""])
    return Text(english, french)


def _fix(check: Check | None, platform: str, system: str) -> Remediation:
    if check is None:
        return Remediation("", "manual", NOTHING)
    return for_host(check.remediation, platform, system)


def _evidence(kept: KeptEvidence | None) -> Evidence | None:
    return None if kept is None else Evidence(**kept)


def _waiver(kept: KeptWaiver | None) -> AppliedWaiver | None:
    return None if kept is None else _read_waiver(kept)


def _read_waiver(kept: KeptWaiver) -> AppliedWaiver:
    return AppliedWaiver(
        kept["reason"], kept["owner"], kept["end"], tuple(kept["items"]), kept["expired"], kept["target"]
    )
