"""What is asked of one target: its role, profile, values, waivers."""

from typing import NamedTuple

from rempart_core.model.parameter import CheckValues


class HostSettings(NamedTuple):
    """What is asked of one host.

    Attributes:
        role: The role; ``""`` to detect it.
        profile: The profile's name; ``""`` for the role's own.
        parameters: ``CHECK.NAME=VALUE`` texts of the command line, which win.
        values: Check id to parameter to value, from variables.
        waivers: Paths of waiver files.
        criticality: How much depends on the host; ``""`` where nobody said.
        engine: What answers; see ``engines.NAMES``.
        agent: Whether an installed agent audits the host, and its documents are fetched.
    """

    role: str
    profile: str
    parameters: tuple[str, ...]
    values: CheckValues
    waivers: tuple[str, ...]
    criticality: str
    engine: str
    agent: bool = False
