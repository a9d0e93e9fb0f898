"""The assessment of what a store remembers: content, registers and results put together, for a command and a report."""

from collections.abc import Sequence

from rempart_agent.audit import content_cache
from rempart_controller.risk.fleet_facts import Results, read_situation
from rempart_controller.risk.register_rows import expect_sound, read_acceptances, read_assets, read_steps
from rempart_core.content.frameworkfile import read_frameworks
from rempart_core.content.place import check_directories
from rempart_core.content.riskfile import read_numbers
from rempart_core.content.scenariofile import read_scenarios
from rempart_core.model.framework import ORGANISATION
from rempart_core.registers.register import Registers
from rempart_core.risk.assessment import Assessment, assess


def assess_results(results: Results, registers: Registers | None, own: Sequence[str], now: int) -> Assessment:
    """Return the assessment by results at a moment.

    Args:
        results: What a store remembers.
        registers: The registers; None for none.
        own: Folders of the user's own checks and scenarios.
        now: The moment, seconds since 1970.

    Raises:
        UsageError: There is no result at all.
        ContentError: Checks, scenarios, weights or registers hold mistakes, or a signature is wrong.
    """
    directories = check_directories(own)
    numbers = read_numbers(directories)
    known = {one.id: one.severity for one in content_cache.load(directories).checks if not one.replaced_by}
    controls = [*read_frameworks(directories)[ORGANISATION].requirements, *known]
    scenarios = read_scenarios(directories, known, controls)
    if registers is not None:
        expect_sound(registers)
    acceptances = read_acceptances(registers) if registers is not None else []
    assets = read_assets(registers) if registers is not None else []
    situation = read_situation(results, assets, known, now, numbers)
    steps = read_steps(registers) if registers is not None else []
    return assess(scenarios.values(), situation, steps, acceptances, numbers)
