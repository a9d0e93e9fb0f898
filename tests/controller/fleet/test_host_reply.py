"""What a worker hands over of a host is what the parent reads."""

from __future__ import annotations

import json

from rempart_controller.agents.collect import Collected
from rempart_controller.answers.outline import OutlineReader, OutlineWriter
from rempart_controller.fleet.host_reply import read_found, tell_found
from rempart_core.model.history import Delivered
from rempart_core.model.result import EngineIdentity, Run, TargetIdentity
from rempart_core.text import Text

RUN = Run(TargetIdentity("web"), EngineIdentity("none", "0", "", privileged=False), "server", "all", "", "", [])


def test_what_is_said_of_an_agent_comes_along_without_its_history() -> None:
    refused, newest = (Text("too old", "trop ancien"),), Delivered("key", 7, "digest")
    found = Collected(RUN, (RUN, RUN), (newest,), Text("2 d old", "2 j"), refused, newest)
    told = read_found(json.loads(json.dumps(tell_found(found, OutlineWriter({})))), OutlineReader({}))
    assert told == found._replace(history=(), stored=())


def test_of_a_host_without_an_agent_there_is_none() -> None:
    found = Collected(RUN, (RUN,), (), Text("", ""))
    assert read_found(json.loads(json.dumps(tell_found(found, OutlineWriter({})))), OutlineReader({})).newest is None
