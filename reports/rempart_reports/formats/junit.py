"""JUnit XML for pipelines: one suite a run, one test case a check.

``junit-xml`` builds the elements and what it gets wrong is fixed here: it writes attributes that two schemas refuse,
puts the output before the test cases, leaves out zero times and writes others with exponents, takes an empty failure
for a pass, and dies of lone surrogates.

The strict form is valid for the schema of Ant, which Azure Pipelines names, and for the one of Jenkins' xUnit plugin.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any, assert_never

from rempart_core.error import ReportError
from rempart_core.messages.message import Message
from rempart_core.model.deviation import list_deviations
from rempart_core.model.fix_outcome import Outcome
from rempart_core.model.result import Result, Run, State, TargetIdentity, count
from rempart_core.model.unheard import unheard
from rempart_reports.formats import contract
from rempart_reports.formats.contract import Names, PiecesOf, Place
from rempart_reports.views.change_outcome import describe_applied, list_change_notes, note_of, tell_run
from rempart_reports.views.drift import KINDS
from rempart_reports.views.finding import write_body, write_evidence, write_message
from rempart_reports.views.host import describe_interruption, describe_waiver, remarks_of, sum_up
from rempart_reports.views.last_answer import answer_of
from rempart_reports.views.last_known import tell_known
from rempart_reports.views.options import Options
from rempart_reports.views.past import Past, describe_past, look_up
from rempart_reports.writing.directory import Directory
from rempart_reports.writing.evidence import show
from rempart_reports.writing.filename import FileNames
from rempart_reports.writing.translation import colon, plural, word
from rempart_reports.writing.xml_tree import write_tree

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAME_LENGTH = 200
MARK = "<!-- written by Rempart -->"  # what tells our own files from others'
_LISTED = 50_000  # characters of a list of checks, which a program reads whole
_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n{MARK}\n<testsuites>\n'
_FOOT = "</testsuites>\n"
_NUMBER = re.compile(r' id="\d+"')  # of a suite: before it stand attributes alone, in which a quote is escaped
_HEARD = frozenset(  # properties that say something only of a target that was heard
    {"role", "role_given", "engine", "engine_version", "user", "privileges", "content", "target_kind", "platform"}
    | {"target", "target_group"}  # the suite's own attributes say them
    | {"started", "ended"}
)
_NEVER = "1970-01-01T00:00:00"  # for a run whose start is no time: the schema wants one


class Report(contract.Report):
    """See contract.Report: a suite is a piece, and consumers refuse large files, so a new one begins before 25 MB."""

    MARK = MARK
    PART_BYTES = 25_000_000
    NAMED = True

    def head(self) -> str:
        """See contract.Report.head."""
        return _HEAD

    def name(self, target: TargetIdentity) -> str:
        """See contract.Report.name: test cases are told apart by the class, which begins with it."""
        return f"{_part(target.group)}.{_part(target.name)}"

    def fragment(self, run: Run, place: Place) -> Sequence[str]:
        """See contract.Report.fragment."""
        return list(_write_run(run, place, self.options, self.PART_BYTES))

    def settle(self, piece: str, number: int) -> str:
        """See contract.Report.settle."""
        return _NUMBER.sub(f' id="{number}"', piece, count=1)

    def tail(self, runs: int) -> str:
        """See contract.Report.tail."""
        del runs
        return _FOOT


class DirectoryReport(Report, contract.DirectoryReport):
    """One document a run, ``TEST-<host>.xml``, as Ant and Maven write them and Jenkins looks for them.

    A host of more than 25 MB goes on in ``TEST-<host>-2.xml``. Documents of an earlier audit whose hosts are not in
    this one are taken away; files that we did not write stay.
    """

    def fragment(self, run: Run, place: Place) -> Sequence[str]:
        """See contract.Report.fragment: a document is a piece, and the suites of a run are numbered from 0."""
        return [f"{_HEAD}{suite}{_FOOT}" for suite in super().fragment(run, place._replace(number=0))]

    def join(self, path: str, pieces: PiecesOf) -> None:
        """See contract.DirectoryReport.join."""
        names = FileNames()
        with Directory(path) as directory:
            for written in pieces:
                name = names.claim(written.target or "localhost")
                for number, document in enumerate(written.pieces):
                    file = name if number == 0 else names.claim(f"{name}-{number + 1}")
                    directory.write_pieces(f"TEST-{file}.xml", (document,))
            directory.sweep("", "TEST-", ".xml", MARK)


def _write_run(run: Run, place: Place, options: Options, limit: int) -> Iterator[str]:
    """Yield the suites of one run, more than one where it would be too large for a file."""
    try:
        import junit_xml
    except ImportError as error:
        raise ReportError(Message("report.junit")) from error
    used, index = Names(), place.number
    named = [
        (used.claim(_name_of(result.check, result.title.get(options.language)), NAME_LENGTH), result)
        for result in ([] if unheard(run) else run.results)
    ]
    rest = [named]
    while rest:
        part = rest.pop()
        suite = _build_suite(junit_xml, run, part, index, place.name, options)
        text = write_tree(suite, 1)
        if len(part) > 1 and len(text) * 4 > limit and len(text.encode()) + len(_HEAD + _FOOT) > limit:
            middle = len(part) // 2
            rest += [part[middle:], part[:middle]]
            continue
        yield text
        index += 1


def _build_suite(
    junit_xml: Any, run: Run, named: list[tuple[str, Result]], index: int, prefix: str, options: Options
) -> "Element":
    """Return the suite of a run, or of a part of its results, each with the name of its test case."""
    language = options.language
    past = look_up(run, options)
    cases = []
    for name, result in named:
        rich = {"file": show(result.path, language) or None} if options.form == "rich" else {}
        case = junit_xml.TestCase(name, f"{prefix}.{_part(result.area)}", **rich)
        _judge(case, result, past, options)
        cases.append(case)
    if first := unheard(run):  # one test case that fails, and names what nobody looked at
        case = junit_xml.TestCase(word("answers", language), f"{prefix}.host")
        message = write_message(first, language)
        listed = show(" ".join(result.check for result in run.results), language, _LISTED)
        count_ = plural(len(run.results), "not_checked", language)
        case.add_error_info(message, f"{message}\n{count_}{colon(language)}{listed}", first.failure)
        cases.append(case)
    if not run.results:
        case = junit_xml.TestCase("audit", f"{prefix}.audit")
        why = describe_interruption(run, language) if run.unfinished.en else word("no_results", language)
        case.add_error_info(
            show(why, language), show(why, language), "interrupted" if run.unfinished.en else "no_results"
        )
        cases.append(case)
    suite = junit_xml.TestSuite(
        name=_token(run.target.name) or "localhost",
        test_cases=cases,
        hostname=_token(run.target.name) or "localhost",
        id=str(index),
        package=_token(run.target.group) or "local",
        timestamp=_timestamp(run.started),
        properties=_properties(run, past, options),
        stdout="\n".join(_remarks(run, options)),
    )
    return _mend(suite.build_xml_doc(), run, [result for _, result in named], past, options)


def _judge(case: Any, result: Result, past: Past, options: Options) -> None:
    """Give the test case what its result is in JUnit's words."""
    if result.change is not None and result.change.outcome == Outcome.LOST.value:  # nobody knows what stands there now
        body = write_body(result, options.language, describe_past(result, past, options))
        case.add_error_info(write_message(result, options.language), body, Outcome.LOST.value)
        return
    if result.state is State.PASS:
        if options.form == "rich":
            told = describe_applied(result, options.language) + write_evidence(
                result.evidence, result.wording, options.language
            )
            case.stdout = "\n".join(told) or None
        return
    message = write_message(result, options.language)
    body = write_body(result, options.language, describe_past(result, past, options))
    match result.state:
        case State.FAIL if result.open:
            case.add_failure_info(message, body, "noncompliant")
        case State.FAIL | State.NOT_APPLICABLE:
            case.add_skipped_info(message, body)
        case State.NOT_CHECKED if result.failure not in {"silent", "interrupted"}:
            case.add_skipped_info(message, body)
        case State.NOT_CHECKED | State.ERROR:
            case.add_error_info(message, body, _token(result.failure) or "error")
        case _:
            assert_never(result.state)


def _mend(suite: "Element", run: Run, results: list[Result], past: Past, options: Options) -> "Element":
    """Make the suite what the schemas ask for: attributes, order of children, times."""
    from xml.etree.ElementTree import Element, SubElement

    suite.attrib.pop("disabled", None)
    suite.set("time", _seconds(run.seconds))
    parts = {tag: suite.find(tag) for tag in ("properties", "system-out", "system-err")}
    cases = suite.findall("testcase")
    for child in list(suite):
        suite.remove(child)
    suite.append(Element("properties") if parts["properties"] is None else parts["properties"])
    suite.extend(cases)
    for tag in ("system-out", "system-err"):
        part = parts[tag]
        suite.append(Element(tag) if part is None else part)
    for case in cases:
        case.set("time", "0.000")
        for skipped in case.findall("skipped"):
            skipped.attrib.pop("type", None)
    for case, result in zip(cases, results, strict=bool(results)):
        case.set("time", _seconds(result.seconds))
        if options.form == "rich":
            properties = Element("properties")
            for name, value in _case_properties(result, past, options.language):
                SubElement(properties, "property", {"name": name, "value": value})
            case.insert(0, properties)
    return suite


def _properties(run: Run, past: Past, options: Options) -> dict[str, str]:
    """Return what the suite says about the run. Names are fixed; values are clean lines."""
    counts = count(run.results)
    target, engine = run.target, run.engine
    values = {
        **({"interrupted": run.unfinished.get(options.language)} if run.unfinished.en else {}),
        **{f"deviation_{one.kind}": one.plain for one in list_deviations(run)},
        "version": run.version,
        "profile": run.profile,
        "role": run.role,
        "role_given": str(run.role_given).lower(),
        "engine": engine.name,
        "engine_version": engine.version,
        "user": engine.user,
        "privileges": "root" if engine.privileged else "none",
        "content": run.content,
        "threshold": options.threshold.value,
        **{f"count_{name}": str(number) for name, number in counts.items()},
        "target": target.name,
        "target_kind": target.kind,
        "target_group": target.group,
        "platform": target.platform,
        "system": target.system,
        "machine_id": target.machine_id,
        "started": run.started,
        "ended": run.ended,
        "answered": answer_of(run, options),
        "generated": options.generated,
        "chain_head": options.head,
        "waiver_file": run.waiver_file,
        "baseline": run.baseline,
    }
    if run.container is not None:
        values |= {f"container_{name}": value for name, value in run.container._asdict().items() if name != "only"}
        values["container_only"] = str(run.container.only).lower()
    if undelivered := options.undelivered.get(options.language):
        values["undelivered"] = undelivered
    if since := past.oldest(run):
        values["open_since"] = since
    if options.drift is not None:
        kinds = [change.kind for change in past.changes.values()]
        values["drift_since"] = options.drift.since
        values |= {f"drift_{kind}": str(kinds.count(kind)) for kind in KINDS if kind in kinds}
        values["drift_host"] = past.host
    if unheard(run):
        values = {name: value for name, value in values.items() if value not in {"", "0"} and name not in _HEARD}
    shown = {name: show(value, options.language) for name, value in values.items()}
    return shown | {
        name: show(value, options.language, _LISTED) for name, value in _outcomes(run, options.language).items()
    }


def _outcomes(run: Run, language: str) -> dict[str, str]:
    """Return what changes did: their ids, and for each outcome the checks that came to it."""
    deeds = list_change_notes(run.results, language)
    if not deeds:
        return {}
    found: dict[str, list[str]] = {}
    for deed in deeds:
        for note in deed.notes:
            found.setdefault(f"outcome_{note.outcome.value}", []).append(note.result.check)
    listed = {name: ", ".join(checks) for name, checks in found.items()}
    return {"applied_change": ", ".join(deed.change for deed in deeds), **listed}


def _case_properties(result: Result, past: Past, language: str) -> list[tuple[str, str]]:
    """Return what the rich form says about one check."""
    listed = [("severity", result.severity.value), ("state", result.state.value), ("revision", str(result.revision))]
    since, change = past.since(result), past.changes.get(result.check)
    listed += [("open_since", since)] if since else []
    if change:
        listed += [("change", change.kind)] + ([("was", change.was.value)] if change.was else [])
    if note := note_of(result, language):
        listed += [("applied_change", note.change), ("outcome", note.outcome.value)]
        told = (("outcome_reason", note.reason), ("before", note.before), ("after", note.after))
        listed += [(name, show(value, language)) for name, value in told if value]
    listed += [
        (f"control:{_token(framework) or '-'}", show(", ".join(requirements), language))
        for framework, requirements in result.controls.items()
    ]
    waivers = [result.waiver] if result.waiver is not None else []
    listed += [("waiver", show(describe_waiver(waiver, language, dates=False), language)) for waiver in waivers]
    listed += [
        ("waiver_expired", show(describe_waiver(waiver, language, dates=False), language))
        for waiver in result.expired_waivers
    ]
    return listed


def _remarks(run: Run, options: Options) -> list[str]:
    language = options.language
    lines = [show(describe_interruption(run, language), language)] if run.unfinished.en else []
    lines.append(sum_up(run, language))
    lines += [show(remark, language) for remark in remarks_of(run, language)]
    lines += tell_known(run, options)
    lines += tell_run(run, language)
    lines += [
        colon(language).join((word("left_out", language), show(check, language), show(reason.get(language), language)))
        for check, reason in run.excluded
    ]
    return lines


@lru_cache(maxsize=1024)
def _part(text: str) -> str:
    """Return one part of a class name: consumers split it at dots, make paths of it and show it in addresses."""
    return re.sub(r"[^\w-]+", "_", text[:200].encode(errors="ignore").decode()).strip("_")[:80] or "unnamed"


@lru_cache(maxsize=1024)
def _name_of(check: str, title: str) -> str:
    """Return the name that a consumer's history goes by: id and title, never a measured value."""
    return _token(f"{check} {title}")[:NAME_LENGTH].strip() or "unnamed"


def _token(text: str) -> str:
    """Return untrusted text as the schema's ``token``: one line, single spaces."""
    return " ".join(show(text, "en", 1000).split())


def _timestamp(started: str) -> str:
    """Return the start in UTC without a zone, as the schema has it."""
    from datetime import UTC, datetime

    try:
        return datetime.fromisoformat(started).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    except (ValueError, OverflowError):
        return _NEVER


def _seconds(value: float) -> str:
    """Return seconds with three decimals and no exponent."""
    return f"{value if isfinite(value) and 0 < value < 1e9 else 0:.3f}"
