"""The statement that an image was tested: in-toto Statement v1, predicate "test result" v0.1.

Sources: in-toto/attestation, ``spec/v1/statement.md``, ``spec/v1/resource_descriptor.md``, ``spec/v1/digest_set.md``,
``spec/predicates/test-result.md``.

The predicate's ``configuration`` names what was tested with: ``content`` (the digest of the run document: BLAKE2b of
32 bytes, over the checks and their parameters), ``parameters`` and ``waivers`` (sha256 over their canonical JSON). What
the predicate has no field for stands in the annotations of ``content``.
"""

import calendar
import time as clock
from collections.abc import Mapping
from typing import NamedTuple

from rempart_core.error import AttestationError
from rempart_core.json_value import Json, JsonObject
from rempart_core.messages.message import Message
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.strict_json import read_object

MEDIA_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1"
SIZE_LIMIT = 1024 * 1024
_DEPTH = 12
PASSED, WARNED, FAILED = "PASSED", "WARNED", "FAILED"
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


class Subject(NamedTuple):
    """One thing that was tested.

    Attributes:
        name: How people call it; it proves nothing.
        digest: What it is: ``sha256:`` and 64 hex digits, as containers write it.
    """

    name: str
    digest: str


class Configuration(NamedTuple):
    """What was tested with, and what a predicate has no field for.

    Attributes:
        content: Digest of the checks, hex.
        parameters: sha256 of their parameters, hex.
        waivers: sha256 of the waivers in force, hex.
        version: Of Rempart.
        profile: Its name.
        role: ``image``.
        threshold: The least severity that counts.
        started: When the test began: ``2026-11-25T13:00:00Z``.
        ended: When it ended.
        narrowed: Globs of checks that narrowed the profile.
    """

    content: str
    parameters: str
    waivers: str
    version: str = ""
    profile: str = ""
    role: str = ""
    threshold: str = ""
    started: str = ""
    ended: str = ""
    narrowed: tuple[str, ...] = ()


class Statement(NamedTuple):
    """What was tested, and what came of it: ids of checks, sorted, each in one of the first three or ``not_tested``.

    Attributes:
        subjects: What was tested.
        passed: Those that passed.
        warned: Findings that do not count: waived, known before, or below the threshold.
        failed: Open findings, and what should have been judged and was not.
        not_tested: What does not apply, or can't be seen on an image.
        not_judged: Those of ``warned`` and ``failed`` that are no findings: nobody knows.
        waived: Those of ``warned`` that somebody accepted.
        configuration: What was tested with.
    """

    subjects: tuple[Subject, ...]
    passed: tuple[str, ...]
    warned: tuple[str, ...]
    failed: tuple[str, ...]
    not_tested: tuple[str, ...]
    not_judged: tuple[str, ...]
    waived: tuple[str, ...]
    configuration: Configuration

    @property
    def result(self) -> str:
        """Return ``PASSED``, ``WARNED`` or ``FAILED``; where nothing passed, nothing is proven good."""
        if self.failed or not self.passed:
            return FAILED
        return WARNED if self.warned else PASSED

    @property
    def made(self) -> int:
        """Return when the test ended, in seconds since 1970."""
        return _read_moment(self.configuration.ended)


def write(statement: Statement) -> bytes:
    """Return a statement as the specification has it, canonical JSON."""
    used = statement.configuration
    notes: dict[str, Json] = {
        "notTested": list(statement.not_tested),
        "notJudged": list(statement.not_judged),
        "waived": list(statement.waived),
        "narrowed": list(used.narrowed),
    }
    notes |= {name: str(getattr(used, name)) for name in _WORDS}
    predicate: dict[str, Json] = {
        "result": statement.result,
        "configuration": [
            {"name": "content", "digest": {"blake2b": used.content}, "annotations": notes},
            {"name": "parameters", "digest": {"sha256": used.parameters}},
            {"name": "waivers", "digest": {"sha256": used.waivers}},
        ],
        "passedTests": list(statement.passed),
        "warnedTests": list(statement.warned),
        "failedTests": list(statement.failed),
    }
    subjects = []
    for one in statement.subjects:
        algorithm, _, digits = one.digest.partition(":")
        subjects.append({"name": one.name, "digest": {algorithm: digits}})
    whole = {"_type": STATEMENT_TYPE, "subject": subjects, "predicateType": PREDICATE_TYPE, "predicate": predicate}
    return canonicalise(whole)


_WORDS = ("version", "profile", "role", "threshold", "started", "ended")


def read(payload: bytes) -> Statement:
    """Return what a statement says. What it says was signed by somebody: read it after the signature.

    Raises:
        AttestationError: It is none, is of another type, or contradicts itself.
    """
    try:
        data = read_object(payload, SIZE_LIMIT, _DEPTH)
    except ValueError as error:
        raise AttestationError(Message("attest.no_statement")) from error
    for name, known in (("_type", STATEMENT_TYPE), ("predicateType", PREDICATE_TYPE)):
        if data.get(name) != known:
            raise AttestationError(Message("attest.other_type", type=str(data.get(name))[:200], known=known))
    try:
        statement, result = _read_statement(data)
        told = [*statement.passed, *statement.warned, *statement.failed, *statement.not_tested]
        whole = len(set(told)) == len(told) and result == statement.result and bool(statement.subjects)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AttestationError(Message("attest.no_statement")) from error
    if not whole:
        raise AttestationError(Message("attest.contradiction"))
    return statement


def _read_statement(data: JsonObject) -> tuple[Statement, str]:
    predicate = _object(data["predicate"])
    used = {_text(one["name"]): one for one in map(_object, _list(predicate["configuration"]))}
    notes = _object(used["content"]["annotations"])
    configuration = Configuration(
        _digest(used["content"], "blake2b"),
        _digest(used["parameters"], "sha256"),
        _digest(used["waivers"], "sha256"),
        narrowed=_texts(notes["narrowed"]),
        **{name: _text(notes[name]) for name in _WORDS},
    )
    _read_moment(configuration.ended)
    subjects = tuple(
        Subject(_text(one.get("name", "")), f"{algorithm}:{_text(digits)}")
        for one in map(_object, _list(data["subject"]))
        for algorithm, digits in _object(one["digest"]).items()
    )
    said = Statement(
        subjects,
        passed=_texts(predicate["passedTests"]),
        warned=_texts(predicate["warnedTests"]),
        failed=_texts(predicate["failedTests"]),
        not_tested=_texts(notes["notTested"]),
        not_judged=_texts(notes["notJudged"]),
        waived=_texts(notes["waived"]),
        configuration=configuration,
    )
    return said, _text(predicate["result"])


def _read_moment(text: str) -> int:
    return calendar.timegm(clock.strptime(text, _MOMENT))


def _digest(one: Mapping[str, Json], algorithm: str) -> str:
    return _text(_object(one["digest"])[algorithm])


def _object(value: Json) -> JsonObject:
    if not isinstance(value, dict):
        raise TypeError("no object")
    return value


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise TypeError("no array")
    return value


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(_text(one) for one in _list(value))
