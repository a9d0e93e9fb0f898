"""The command ``rempart audit``."""

import argparse
from typing import TYPE_CHECKING, NamedTuple

from rempart_agent.audit.request import Request
from rempart_agent.cli.audit_options import EXIT_STATUS, add_options, request_of, threshold_of
from rempart_agent.cli.base import add_target
from rempart_agent.cli.language import words
from rempart_controller.commands.mistakes import refuse
from rempart_controller.commands.options import attest, hosts, notify, organisation, recording, reports
from rempart_controller.recording.open_recorder import Recording
from rempart_controller.run_deadline import RunDeadline
from rempart_core.messages.message import Message
from rempart_core.model.check import Severity
from rempart_reports.writing.output_places import ReportPlaces

if TYPE_CHECKING:  # for those who ask for it
    from rempart_controller.attestation.attester import AttestRequest
    from rempart_controller.fleet.fleet_request import FleetRequest
    from rempart_controller.notification.notice import Recipients

_OF_A_FLEET = ("limit", "user", "become", "ask_pass", "ask_become_pass", "private_key", "stale", "resume")


class AuditRequest(NamedTuple):
    """One target or a fleet is to be audited.

    Attributes:
        ask: What is asked of each target, and of which one where it is not a fleet.
        threshold: The least severity that counts for the exit status.
        places: The reports that are wanted.
        language: Of the reports.
        quiet: Whether findings are not printed.
        verbose: Whether the evidence of passes is printed.
        recording: What is to be remembered.
        recipients: Who is told; None for nobody.
        fleet: The hosts of an inventory; None for this machine or a root filesystem.
        deadline: When all has to end.
        attest: What is to be attested; None for nothing.
        registers: The folder of an organisation's registers, audited alone or after the hosts of an inventory; ``""``
            for none.
        live: Run documents to hold them against; ``""`` for what is known of machines.
    """

    ask: Request
    threshold: Severity
    places: ReportPlaces
    language: str
    quiet: bool
    verbose: bool
    recording: Recording
    recipients: "Recipients | None"
    fleet: "FleetRequest | None"
    deadline: RunDeadline
    attest: "AttestRequest | None" = None
    registers: str = ""
    live: str = ""


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.usage = (
        "rempart audit [--root DIR | --image FILE | [-i INVENTORY [-l PATTERN]] [--registers DIR]] [OPTION …]"
    )
    parser.description = words("command.audit_long", status=EXIT_STATUS)
    add_options(parser)
    reports.add_reports(parser)
    add_target(parser)
    hosts.add_fleet(parser)
    hosts.add_unfinished(parser)
    hosts.add_agents(parser)
    recording.add_memory(parser)
    attest.add_attest(parser)
    organisation.add_organisation(parser)
    notify.add_notify(parser)


def request(options: argparse.Namespace) -> AuditRequest:
    """See Command.request."""
    record = recording.read_recording(options)
    refuse(_find_mistakes(options, record))
    return AuditRequest(
        ask=request_of(options),
        threshold=threshold_of(options),
        places=reports.read_places(options),
        language=options.lang,
        quiet=options.quiet,
        verbose=options.verbose,
        recording=record,
        recipients=notify.read_recipients(options),
        fleet=_read_fleet(options) if options.inventory else None,
        deadline=options.ends,
        attest=attest.read_attest(options),
        registers=options.registers,
        live=options.live,
    )


def run(request: AuditRequest) -> int:
    """Audit, report, and return the exit status."""
    from rempart_controller.commands.audit_run import audit

    return audit(request)


def _read_fleet(options: argparse.Namespace) -> "FleetRequest":
    from rempart_controller.fleet.fleet_request import FleetRequest
    from rempart_core.timestamps import read_age, read_limit

    return FleetRequest(
        choice=hosts.read_choice(options),
        limits=hosts.read_limits(options),
        ask=request_of(options),
        threshold=threshold_of(options),
        language=options.lang,
        quiet=options.quiet,
        stale=read_age(options.stale) if options.stale else 0,
        resume=options.resume,
        agent_limit=read_limit(options.agent_limit),
    )


def _find_location_mistakes(options: argparse.Namespace) -> list[Message]:
    """Return what is wrong with the place that SARIF pins results to: a file of the repository, by a relative path."""
    place = options.sarif_location
    if not place:
        return []
    if not options.sarif:
        return [Message("command.location_needs_sarif")]
    parts = place.replace("\\", "/").split("/")
    whole = place.isprintable() and ".." not in parts and not place.startswith("/") and ":" not in parts[0]
    return [] if whole else [Message("command.location_wrong", path=place)]


def _find_mistakes(options: argparse.Namespace, record: Recording) -> list[Message]:
    """Return what does not go together."""
    mistakes = []
    if (options.notify or options.notify_file) and not record.wanted:
        mistakes.append(Message("command.notify_needs_store"))
    if options.keep is not None and options.store is None and not options.sign:
        mistakes.append(Message("command.keep_needs_store"))
    if options.root == "":  # as a variable that is not set
        mistakes.append(Message("command.root_empty"))
    mistakes += _find_location_mistakes(options)
    mistakes += attest.find_mistakes(options)
    mistakes += organisation.find_mistakes(options)
    if options.inventory:
        wrong = [name for name in ("root", "socket", "image") if getattr(options, name)]
        mistakes += [Message("command.not_with_inventory", option=name) for name in wrong]
        if options.role == "image":
            mistakes.append(Message("command.no_image_host"))
        if options.stale and not record.wanted:
            mistakes.append(Message("command.stale_needs_store"))
    else:
        wrong = [name.replace("_", "-") for name in _OF_A_FLEET if getattr(options, name)]
        mistakes += [Message("command.needs_inventory", option=name) for name in wrong]
    return mistakes
