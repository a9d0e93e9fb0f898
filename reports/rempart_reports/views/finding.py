"""One result as plain text, for reports that carry text: a one-line message, and a body whose first line it is."""

from collections.abc import Sequence
from functools import lru_cache

from rempart_core.model.fix_outcome import Outcome
from rempart_core.model.result import Evidence, Result, State
from rempart_core.model.sentence import Wording
from rempart_core.text import clean, defang
from rempart_reports.views.change_outcome import describe_applied
from rempart_reports.views.fix import FixPart, list_fix
from rempart_reports.views.host import describe_counts, describe_waiver
from rempart_reports.writing.evidence import flow, mark_of, show, show_parameter, show_row
from rempart_reports.writing.translation import colon, number, severity_name, state_name, word

BODY_BYTES = 8192
MESSAGE_LENGTH = 500  # characters; what does not fit stands in the body's rows
_ROWS_BYTES = 5000  # so that the rows leave room for how to fix it


def write_message(result: Result, language: str) -> str:
    """Return why the result is what it is, in one clean line that is never empty.

    Args:
        result: What a check came to.
        language: ``en`` or ``fr``.
    """
    if result.change is not None and result.change.outcome == Outcome.LOST.value:  # whatever was seen before that
        return describe_applied(result, language)[0]
    reason = show(result.reason.get(language), language, MESSAGE_LENGTH).strip()
    reason = reason or state_name(result.state, language)
    if result.waiver is not None and result.state is State.FAIL:
        return show(describe_waiver(result.waiver, language, dates=False), language, MESSAGE_LENGTH)
    for waiver in result.expired_waivers:
        reason += f" ({show(describe_waiver(waiver, language, dates=False), language, MESSAGE_LENGTH)})"
    if result.known and result.state is State.FAIL:
        return f"{word('known_since', language)}{colon(language)}{reason}"
    return reason


def write_body(result: Result, language: str, past: Sequence[str] = ()) -> str:
    """Return the message, the evidence, how to fix it and what was asked, in at most 8 KB of UTF-8.

    What was cut is said in the last line.

    Args:
        result: The result.
        language: ``en`` or ``fr``.
        past: What a store knows of it, in lines.
    """
    lines = [write_message(result, language), *describe_applied(result, language), *past, ""]
    for evidence in (result.evidence, result.witness):
        lines += write_evidence(evidence, result.wording, language)
    if result.incomplete:
        lines.append(word("incomplete", language))

    if result.waiver is not None:
        owner = word("by", language, owner=show(result.waiver.owner, language))
        items = [show(item, language) for item in result.waiver.items]
        ticket = show(result.waiver.ticket, language)
        filed = [word("ticket", language, ticket=ticket)] if ticket else []
        named = [word("items", language, items=", ".join(items))] if items else []
        accepted = ", ".join([owner, *filed, *named])
        lines.append(f"{word('waiver', language)}{colon(language)}{accepted}")
    fixed = tuple(list_fix(result.remediation, language)) if result.state in {State.FAIL, State.ERROR} else ()
    asked = tuple(result.sql.items())
    parameters = tuple((name, show_parameter(value, language)) for name, value in result.parameters.items())
    about = (result.check, result.revision, result.path, severity_name(result.severity, language))
    return cut("\n".join([*lines, *_write_question(about, fixed, parameters, asked, language)]), language)


@lru_cache(maxsize=512)
def _write_question(
    about: tuple[str, int, str, str],
    fixed: tuple[FixPart, ...],
    parameters: tuple[tuple[str, str], ...],
    asked: tuple[tuple[str, str], ...],
    language: str,
) -> tuple[str, ...]:
    """Return the lines on the check itself, which are the same on many targets, so that a fleet's are made once.

    Args:
        about: Id, revision, file and severity of the check.
        fixed: How it is fixed; empty where there is nothing to fix.
        parameters: Names and values, shown already.
        asked: The statements by name.
        language: ``en`` or ``fr``.
    """
    check, revision, path, severity = about
    lines = []

    def label(key: str, value: str) -> None:
        if value:
            lines.append(f"{word(key, language)}{colon(language)}{value}")

    if fixed:
        lines += _write_fix(fixed, language)
    label("severity", severity)
    number_of = f"{word('revision', language)} {revision}"
    label("check", ", ".join(p for p in (show(check, language), number_of, show(path, language)) if p))
    for name, value in parameters:
        label("parameters", f"{show(name, language)} = {value}")
    for name, sql in asked:
        lines += ["", f"SQL ({show(name, language)}):", defang(clean(sql))]
    return tuple(lines)


def _write_fix(parts: Sequence[FixPart], language: str) -> list[str]:
    """Return the steps in lines, each command on a line of its own behind a ``$``."""
    label = f"{word('fix', language)}{colon(language)}"
    if len(parts) == 1 and parts[0].kind == "text":
        return [label + show(flow(parts[0].text), language)]
    lines = [label.rstrip()]
    for part in parts:
        if part.kind == "command":
            first, *rest = part.text.splitlines()
            lines += [f"  $ {show(first, language)}", *(f"  {show(line, language)}" for line in rest)]
        else:
            lines.append(f"- {show(flow(part.text), language)}")
    return lines


def write_evidence(evidence: Evidence | None, wording: Wording, language: str) -> list[str]:
    """Return the lines of one statement's evidence: the true counts, then the rows, worst first, as far as they fit.

    Args:
        evidence: The evidence; None where there is none.
        wording: The result's.
        language: ``en`` or ``fr``.
    """
    if evidence is None:
        return []
    heading = word("witness" if evidence.statement == "cross_check" else "evidence", language)
    lines = [f"{heading}{colon(language)}{describe_counts(evidence, language)}"]
    room = _ROWS_BYTES
    for row in evidence.rows:
        line = f"- {state_of(row, language)}{colon(language)}{show_row(row, language, wording)}"
        room -= len(line.encode()) + 1
        if room < 0:
            lines.append("- " + word("more_rows", language, count=number(evidence.total - len(lines) + 1, language)))
            break
        lines.append(line)
    return [*lines, ""]


def state_of(row: dict[str, str], language: str) -> str:
    """Return what a row came to in words.

    Args:
        row: A judged row, text by column.
        language: ``en`` or ``fr``.
    """
    return word(mark_of(row), language)


def cut(text: str, language: str) -> str:
    """Return ``text`` in at most 8 KB of UTF-8; where something was cut the last line says how much.

    Args:
        text: The text.
        language: ``en`` or ``fr``.
    """
    data = text.encode()
    if len(data) <= BODY_BYTES:
        return text
    room = BODY_BYTES - 1 - len(word("cut_bytes", language, count=number(len(data), language)).encode())
    kept = data[:room].decode(errors="ignore")
    lost = len(data) - len(kept.encode())
    return f"{kept}\n{word('cut_bytes', language, count=number(lost, language))}"
