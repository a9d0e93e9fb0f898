"""Settings of the property tests, for all of them."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings

# A property is about what comes out, not about how busy the machine is. In CI the examples are the same each time:
# a change is judged by what it changes, and new examples are sought where somebody can look at them. A run of all tests
# tries few; `make examples` tries many of each property that has no number of its own.
settings.register_profile(
    "local",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=int(os.environ.get("REMPART_EXAMPLES") or 50),
)
settings.register_profile("ci", parent=settings.get_profile("local"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

# Trees and settings that tests write are those of a machine in order: under umask 0002 a group could write them, which
# is a finding, and refused. What has to hold under umask 0002 sets it by itself.
os.umask(0o022)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--no-skips``: whoever asks for it has all that the tests need, so that a test left out is a failure."""
    parser.addoption("--no-skips", action="store_true", help="fail where a test is skipped")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """See ``--no-skips``."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped") if reporter is not None else None
    if session.config.getoption("--no-skips") and skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins in no chosen language: a command that spoke French before it, in this process, is over."""
    from rempart_agent.cli import language

    monkeypatch.setattr(language, "_chosen", "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first: where modules run in parallel, the last one is waited for alone."""
    items.sort(key=lambda item: item.get_closest_marker("early") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end how many tests were skipped, and why: a package that is missing, or that root alone can do it."""
    reports = terminalreporter.stats.get("skipped", [])
    # of a skipped test pytest keeps its file, its line and the reason
    whys = Counter(str(one.longrepr[2]).removeprefix("Skipped: ") for one in reports if isinstance(one.longrepr, tuple))
    if whys:
        terminalreporter.section(f"{sum(whys.values())} skipped")
        for why, count in sorted(whys.items(), key=lambda one: (-one[1], one[0])):
            terminalreporter.write_line(f"{count:5}  {why}")
