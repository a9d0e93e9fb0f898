"""The options of an audit that signs for the image that it judged."""

import argparse
from typing import TYPE_CHECKING

from rempart_agent.cli.base import OptionGroup
from rempart_agent.cli.language import option_help, words
from rempart_core.messages.message import Message

if TYPE_CHECKING:  # what signs is for those who ask for it
    from rempart_controller.attestation.attester import AttestRequest


def add_attest(parser: OptionGroup) -> None:
    """Add the options of an audit that signs for its image."""
    group = parser.add_argument_group(words("help.group_attested"))
    group.add_argument("--attest", metavar="FILE", default="", help=option_help("help.attest"))
    group.add_argument("--attest-key", metavar="FILE", default="", help=option_help("help.attest_key"))


def find_mistakes(options: argparse.Namespace) -> list[Message]:
    """Return what does not go together."""
    if not options.attest:
        return [Message("attest.needs_attest")] if options.attest_key else []
    found = [] if getattr(options, "image", None) else [Message("attest.needs_image")]
    return [*found, Message("attest.needs_file")] if options.attest == "-" else found


def read_attest(options: argparse.Namespace) -> "AttestRequest | None":
    """Return what is to be attested; None for nothing."""
    if not options.attest:
        return None
    from rempart_controller.attestation.attester import AttestRequest
    from rempart_controller.recording.user_key import usual_key

    return AttestRequest(options.attest, options.attest_key or usual_key(), tuple(options.image))
