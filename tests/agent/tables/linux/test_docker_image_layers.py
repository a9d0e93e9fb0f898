"""Table docker_image_layers: what Docker tells of layers in order."""

from __future__ import annotations

import pytest
from rempart_testing import docker_daemon as d
from rempart_testing.service_rows import rows_of
from rempart_testing.unix_service import UnixService

from rempart_agent.source.contract import Malformed
from rempart_agent.tables.linux import docker_image_layers


def test_the_daemon_is_asked(docker_service: UnixService) -> None:
    assert rows_of(docker_image_layers) == [
        {"id": d.IMAGE, "layer_order": 1, "layer_id": "1834"},
        {"id": d.IMAGE, "layer_order": 2, "layer_id": "5f70"},
        {"id": d.UNTAGGED, "layer_order": 1, "layer_id": "1834"},
        {"id": d.UNTAGGED, "layer_order": 2, "layer_id": "5f70"},
    ]
    assert all(uri.startswith("/") for uri in docker_service.asked)


def test_one_is_told_of_alone(docker_service: UnixService) -> None:
    assert rows_of(docker_image_layers, id="ec3f0931a") == [
        {"id": "ec3f0931a", "layer_order": 1, "layer_id": "1834"},
        {"id": "ec3f0931a", "layer_order": 2, "layer_id": "5f70"},
    ]
    assert docker_service.asked


def test_an_answer_of_another_kind_raises(docker_service: UnixService) -> None:
    docker_service.say({"message": 3})
    with pytest.raises(Malformed):
        rows_of(docker_image_layers)
