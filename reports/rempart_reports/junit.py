"""JUnit XML for pipelines: one suite a run, one test case a check. Design section 9.

``junit-xml`` builds the elements and what it gets wrong is mended here: it writes attributes that two schemas refuse,
puts the output before the test cases, leaves out zero times and writes others with exponents, takes an empty failure
for a pass, and dies of lone surrogates.

The strict form is valid for the schema of Ant, which Azure Pipelines names, and for the one of Jenkins' xUnit plugin.
"""

import re
from collections.abc import Iterable
from math import isfinite
from typing import TYPE_CHECKING, Any, TextIO, assert_never

from rempart_core.error import ReportError
from rempart_core.result import Result, Run, State, count
from rempart_reports.body import write_body, write_evidence, write_message
from rempart_reports.contract import Options
from rempart_reports.evidence import show
from rempart_reports.summary import describe_waiver, sum_up
from rempart_reports.translation import word

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAME_LENGTH = 200
_NEVER = "1970-01-01T00:00:00"  # for a run whose start is no time: the schema wants one


def write(runs: Iterable[Run], out: TextIO, options: Options) -> None:
    """See Format.write. Suites are written one at a time; only their class names are kept, as numbers."""
    try:
        import junit_xml
    except ImportError as error:
        raise ReportError("the JUnit report needs the package junit-xml, which is not installed") from error
    from xml.etree import ElementTree as ET

    taken: set[int] = set()
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n')
    for index, run in enumerate(runs):
        prefix = _claim(_class_of(run), taken)
        suite = _build_suite(junit_xml, run, index, prefix, options)
        ET.indent(suite, " ")
        out.write(ET.tostring(suite, encoding="unicode"))
        out.write("\n")
    out.write("</testsuites>\n")


def _build_suite(junit_xml: Any, run: Run, index: int, prefix: str, options: Options) -> "Element":
    language = options.language
    names: set[int] = set()
    cases = []
    for result in run.results:
        name = _claim(_name_of(result, language), names, NAME_LENGTH)
        rich = {"file": show(result.path, language) or None} if options.form == "rich" else {}
        case = junit_xml.TestCase(name, f"{prefix}.{_part(result.area)}", **rich)
        _judge(case, result, options)
        cases.append(case)
    if not run.results:
        case = junit_xml.TestCase("audit", f"{prefix}.audit")
        case.add_error_info(word("no_results", language), word("no_results", language), "no_results")
        cases.append(case)
    suite = junit_xml.TestSuite(
        name=_token(run.target.name) or "localhost",
        test_cases=cases,
        hostname=_token(run.target.name) or "localhost",
        id=str(index),
        package=_token(run.target.group) or "local",
        timestamp=_timestamp(run.started),
        properties=_properties(run, options),
        stdout="\n".join(_remarks(run, language)),
    )
    return _mend(suite.build_xml_doc(), run, options)


def _judge(case: Any, result: Result, options: Options) -> None:
    """Give the test case what its result is in JUnit's words."""
    if result.state is State.PASS:
        if options.form == "rich":
            case.stdout = "\n".join(write_evidence(result.evidence, options.language)) or None
        return
    message = write_message(result, options.language)
    body = write_body(result, options.language)
    match result.state:
        case State.FAIL if result.open:
            case.add_failure_info(message, body, "noncompliant")
        case State.FAIL | State.NOT_APPLICABLE:
            case.add_skipped_info(message, body)
        case State.NOT_CHECKED if result.failure != "silent":
            case.add_skipped_info(message, body)
        case State.NOT_CHECKED | State.ERROR:
            case.add_error_info(message, body, _token(result.failure) or "error")
        case _:
            assert_never(result.state)


def _mend(suite: "Element", run: Run, options: Options) -> "Element":
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
    for case, result in zip(cases, run.results, strict=bool(run.results)):
        case.set("time", _seconds(result.seconds))
        if options.form == "rich":
            properties = Element("properties")
            for name, value in _case_properties(result, options.language):
                SubElement(properties, "property", {"name": name, "value": value})
            case.insert(0, properties)
    return suite


def _properties(run: Run, options: Options) -> dict[str, str]:
    """Return what the suite says about the run. Names are fixed; values are clean lines."""
    counts = count(run.results)
    target, engine = run.target, run.engine
    values = {
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
        "generated": options.generated,
        "chain_head": options.head,
        "waiver_file": run.waiver_file,
        "baseline": run.baseline,
    }
    return {name: show(value, options.language) for name, value in values.items()}


def _case_properties(result: Result, language: str) -> list[tuple[str, str]]:
    """Return what the rich form says about one check."""
    listed = [("severity", result.severity.value), ("state", result.state.value), ("revision", str(result.revision))]
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


def _remarks(run: Run, language: str) -> list[str]:
    lines = [sum_up(run, language)]
    lines += [show(note.get(language), language) for note in run.notes]
    lines += [
        f"{word('left_out', language)}: {show(check, language)}: {show(reason.get(language), language)}"
        for check, reason in run.excluded
    ]
    return lines


def _class_of(run: Run) -> str:
    return f"{_part(run.target.group)}.{_part(run.target.name)}"


def _part(text: str) -> str:
    """Return one part of a class name: consumers split it at dots, make paths of it and show it in addresses."""
    return re.sub(r"[^\w-]+", "_", text[:200].encode(errors="ignore").decode()).strip("_")[:80] or "unnamed"


def _name_of(result: Result, language: str) -> str:
    """Return the name that a consumer's history goes by: id and title, never a measured value."""
    return _token(f"{result.check} {result.title.get(language)}")[:NAME_LENGTH].strip() or "unnamed"


def _claim(name: str, taken: set[int], length: int = 300) -> str:
    """Return ``name``, or with a number behind it where it is taken: of two of one name GitLab shows the first only."""
    unique, number = name, 1
    while hash(unique) in taken:
        number += 1
        unique = f"{name[: length - 8]}_{number}"
    taken.add(hash(unique))
    return unique


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
