"""The plan of an audit: which statements are asked next, packed into batches that a watchdog lets live.

Round 0 asks what the machine is, round 1 ``applies``, round 2 all else of what applies, then what stands in for lacking
tables. What is asked is what the one judging code asks and has no answer to; equal texts are asked once.
"""

import zlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from rempart_agent.audit.examine import Circumstances
from rempart_agent.audit.recognise import (
    ROLE_QUESTIONS,
    SYSTEM_QUESTION,
    WINDOWS_ROLE_QUESTION,
    detect_role,
    recognise,
)
from rempart_agent.engine import Deferred
from rempart_core.model.result import EngineIdentity
from rempart_core.text import clean_line
from rempart_server.auditor import Asked, Auditor, Script, digest_of
from rempart_server.osquery.engine import AnsweredEngine, failure_of
from rempart_server.osquery.extras import AFTER, BEFORE
from rempart_store.server.audit import ANSWERED, FAILED, Stored

MOST_ROWS = 10_000
_NO_ROWS = b"[]"
_SYSTEM = "18"  # the last part of S-1-5-18, LocalSystem
_WHO = (
    "SELECT coalesce(nullif(s.uuid, ''), i.uuid) AS uuid, s.hostname, i.instance_id, i.version, p.uid "
    "FROM osquery_info i "
    "LEFT JOIN system_info s LEFT JOIN processes p ON p.pid = i.pid"
)
_WHO_WINDOWS = (
    "SELECT coalesce(nullif(s.uuid, ''), i.uuid) AS uuid, s.hostname, i.instance_id, i.version, p.uid, "
    "p.elevated_token FROM osquery_info i "
    "LEFT JOIN system_info s LEFT JOIN processes p ON p.pid = i.pid"
)


class Who(msgspec.Struct):
    """Who answered a batch.

    Attributes:
        uuid: Of the machine.
        instance: Of osquery's database.
        host: The host name.
        version: osquery's.
        user: As whom it runs.
        privileged: Whether that is the system's own user.
    """

    uuid: str
    instance: str
    host: str
    version: str
    user: str
    privileged: bool

    def is_other(self, uuid: str, instance: str) -> bool:
        """Tell whether this is another machine, or another osquery, than one of which that much is known.

        Args:
            uuid: Of the known one; ``""`` where it says none.
            instance: Of its osquery's database; ``""`` where it says none.
        """
        return bool((uuid and self.uuid.lower() != uuid.lower()) or (instance and self.instance != instance))


class Plan(msgspec.Struct):
    """How far an audit is.

    Attributes:
        content: Digest of what is judged with; ``""`` before the platform is known.
        who: Who answers; None before the first batch.
        platform: ``""`` before it is recognised.
        role: ``""`` before it is known.
        todo: Digests of statements that are asked next, in their order.
        alone: Those of them that are asked alone.
        few: Those of them that are asked a few at a time, since they were lost with many.
        out: Digest by the id of what is out.
        extras: The extra tables that statements of it name, by digest.
        whys: What texts of extra tables' rows say, each as JSON.
        tries: How often a statement was sent.
        shared: Whether another machine answered with the same key.
        foreseen: Whether what is asked was foreseen, and nothing is known yet; see ``foresight``.
    """

    content: str = ""
    who: Who | None = None
    platform: str = ""
    role: str = ""
    todo: list[str] = []
    alone: list[str] = []
    few: list[str] = []
    out: dict[str, str] = {}
    extras: dict[str, list[str]] = {}
    whys: dict[str, str] = {}
    tries: dict[str, int] = {}
    shared: bool = False
    foreseen: bool = False


class Batch(NamedTuple):
    """What a node is asked.

    Attributes:
        queries: Statements by id; osquery runs them in the order of these.
        accelerate: Seconds for which it polls more often.
    """

    queries: dict[str, str]
    accelerate: int


class Progress(NamedTuple):
    """What an audit's answers come to until now.

    Attributes:
        wanted: Statements that have no answer yet; empty where all can be judged.
        platform: The machine's; ``""`` where none was recognised.
        system: Name of its system.
        role: The role in force.
        script: What is judged; None before the machine is recognised.
        circumstances: In what it is judged; None as long.
    """

    wanted: tuple[str, ...]
    platform: str = ""
    system: str = ""
    role: str = ""
    script: Script | None = None
    circumstances: Circumstances | None = None


_PACKED = 8192  # bytes from which a plan is packed
_PACKER = msgspec.json.Encoder()
_UNPACKER = msgspec.json.Decoder(Plan)


def pack(plan: Plan) -> bytes:
    """Return a plan as the store keeps it."""
    data = _PACKER.encode(plan)
    return zlib.compress(data, 1) if len(data) > _PACKED else data


def unpack(data: bytes) -> Plan:
    """Return a plan that the store kept."""
    return _UNPACKER.decode(data if data[:1] == b"{" else zlib.decompress(data))


def wrap(sql: str) -> str:
    """Return a statement as it is sent: of too many rows one more than the limit comes back, and no more."""
    bare = sql.strip().rstrip("; \n")
    return f"SELECT * FROM ({bare}\n) LIMIT {MOST_ROWS + 1}"  # noqa: S608 - a check's own statement


def who_question(platform: str) -> str:
    """Return the statement that tells who answers a batch."""
    return _WHO_WINDOWS if platform == "windows" else _WHO


def read_who(row: Mapping[str, str], platform: str) -> Who:
    """Return who answers.

    Args:
        row: The answer's row.
        platform: The node's.
    """
    user = row.get("uid", "")
    system = user == (_SYSTEM if platform == "windows" else "0") or row.get("elevated_token") == "1"
    uuid, instance, host, version = (
        clean_line(row.get(name, "")) for name in ("uuid", "instance_id", "hostname", "version")
    )
    return Who(uuid, instance, host, version, clean_line(user), system)


def first_questions(asked: Asked, platform: str) -> tuple[str, ...]:
    """Return what is asked in the first round, of a machine of which its enrolment says only so much.

    Args:
        asked: What the group's machines are asked.
        platform: The node's, as it enrolled.
    """
    guess = not asked.role and platform not in {"windows", "darwin"}
    return (SYSTEM_QUESTION, *(ROLE_QUESTIONS if guess else ()))


def identity_of(who: Who) -> EngineIdentity:
    """Return who answers as a run has it."""
    return EngineIdentity("osqueryd", who.version, who.user, who.privileged)


def advance(
    auditor: Auditor, asked: Asked, who: Who, answers: Mapping[bytes, Stored], platform: str, *, last: bool
) -> Progress:
    """Return what is wanted next, and what is judged.

    Args:
        auditor: The checks.
        asked: What the group's machines are asked.
        who: Who answers.
        answers: Until now, by digest.
        platform: The node's, as it enrolled.
        last: Whether nothing more will come.

    Raises:
        UsageError: See ``Auditor.script``.
    """
    engine = AnsweredEngine(answers, identity_of(who), platform, last=last)
    try:
        platform, system = recognise(engine)
        role = asked.role or (detect_role(engine, True, platform) if platform else "")
    except Deferred:
        return Progress(tuple(dict.fromkeys(engine.wanted)))
    script = auditor.script(asked, role or "server", platform)
    circumstances = Circumstances(
        platform, script.checks.role, who.privileged, max_rows=MOST_ROWS, walk=script.checks.walk
    )
    wanted = () if last else find_wanted(script, circumstances, answers, who.version)
    return Progress(wanted, platform, system, script.checks.role, script, circumstances)


def find_wanted(
    script: Script, circumstances: Circumstances, answers: Mapping[bytes, Stored], version: str
) -> tuple[str, ...]:
    """Return what the judging will ask and has no answer to: ``applies`` first, what stands in for a table last.

    It may be more than the judging asks in the end, and never less.

    Args:
        script: The checks.
        circumstances: In what they are judged.
        answers: Until now, by the statement's digest.
        version: osquery's release.
    """
    wanted: dict[str, None] = {}
    for texts, is_asked in zip(script.checks.texts, script.asked[circumstances.privileged], strict=True):
        if not is_asked or "query" not in texts:
            continue
        applies = texts.get("applies")
        if applies is not None:
            told = answers.get(digest_of(applies))
            if told is None:
                wanted[applies] = None
            if told is None or told.status != ANSWERED or told.rows == _NO_ROWS:
                continue
        names = ["probe", "query", "cross_check"]
        query = answers.get(digest_of(texts["query"]))
        if query is not None and "fallback" in texts and query.status == FAILED:
            failure = failure_of(query, texts["query"], version, circumstances.platform)
            if failure is not None and failure.kind in {"no_table", "no_column"}:
                names.append("fallback")
        for name in names:
            if name in texts and digest_of(texts[name]) not in answers:
                wanted[texts[name]] = None
    return tuple(wanted)


def next_ids(plan: Plan, audit: int, sequence: int, digests: Sequence[str], identity: str) -> dict[str, str]:
    """Return ids for the statements of a batch, and their digests: identity first, whatever sorts them.

    Where it asks extra tables, what their errors are is asked before and after; see ``extras``.

    Args:
        plan: Counts how often each was sent, and says what of the batch asks extra tables.
        audit: The audit's number.
        sequence: The batch's.
        digests: Statements.
        identity: The digest of the statement that tells who answers.
    """
    out = {f"{audit}.{sequence:04d}00.1": identity}
    if plan.extras:
        out[f"{audit}.{sequence:04d}00.2"] = BEFORE
    for place, digest in enumerate(digests, 1):
        plan.tries[digest] = plan.tries.get(digest, 0) + 1
        out[f"{audit}.{sequence:04d}{place:02d}.{plan.tries[digest]}"] = digest
    if plan.extras:
        out[f"{audit}.{sequence:04d}99.1"] = AFTER
    return out


def text_of(digest: str, script: Script | None) -> str | None:
    """Return the statement of a digest in hexadecimal digits; None where this content has none such.

    Args:
        digest: In hexadecimal digits.
        script: The checks; None before the machine is recognised.
    """
    found = _FIRST.get(digest)
    return script.texts.get(bytes.fromhex(digest)) if found is None and script is not None else found


def is_first(digest: str) -> bool:
    """Tell whether a statement is one of the first round.

    Args:
        digest: In hexadecimal digits.
    """
    return digest in _FIRST


_FIRST = {digest_of(sql).hex(): sql for sql in (SYSTEM_QUESTION, *ROLE_QUESTIONS, WINDOWS_ROLE_QUESTION)}
