"""AGT-01 names every extra table that some check asks, so that an agent without one of them is found out."""

from __future__ import annotations

import re

from rempart_testing.own_checks import own_checks

from rempart_agent.engines.osquery.answers import extra_tables
from rempart_agent.tables import read

CHECKS = {check.id: check for check in own_checks()}


def test_the_check_of_the_agent_names_every_extra_table_that_a_check_asks() -> None:
    named = set(re.findall(r"'(rempart_[a-z_]+)'", CHECKS["AGT-01"].platforms["linux"].query))
    asked = {
        table
        for check in CHECKS.values()
        if "linux" in check.platforms
        for _, statement in check.platforms["linux"].statements()
        for table in extra_tables(statement)
    }
    unknown = asked - set(read.names())  # a name of the statement's own
    assert asked - unknown - named == set(), "add them to the query of checks/agent/agt-01-health.yaml"
    assert named <= set(read.names())
