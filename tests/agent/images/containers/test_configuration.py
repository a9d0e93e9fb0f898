"""What a container image ships beside its layers: environment, commands, labels and history are searched too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rempart_testing.container_images import Layout, docker_files, put, tar, write_tar

from rempart_agent.images.containers.configuration import NAME, read_texts
from rempart_agent.images.containers.container import open_container
from rempart_agent.source.contract import Malformed, Missing

# As BuildKit and docker commit write it: the image configuration of the OCI image format.
SETTINGS = {
    "config": {
        "Env": ["PATH=/bin", "DB_PASSWORD=plum"],
        "Cmd": ["serve", "--token=x"],
        "Labels": {"maintainer": "ann"},
        "Healthcheck": {"Test": ["CMD", "curl -u a:b"]},
    },
    "history": [{"created_by": "RUN |1 KEY=k make"}, {"comment": "buildkit"}],
    "author": "ann",
}


def test_each_part_is_a_text_of_its_own() -> None:
    found = dict(read_texts(json.dumps(SETTINGS).encode()))
    assert found == {
        f"{NAME}/Env": b"PATH=/bin\nDB_PASSWORD=plum\n",
        f"{NAME}/Cmd": b"serve\n--token=x\n",
        f"{NAME}/Labels": b"maintainer=ann\n",
        f"{NAME}/Healthcheck": b"Test\nCMD\ncurl -u a:b\n",
        f"{NAME}/history": b"history\ncreated_by=RUN |1 KEY=k make\ncomment=buildkit\n",
        NAME: b"author=ann\n",
    }


def test_what_is_no_object_in_its_place_is_read_all_the_same() -> None:
    assert dict(read_texts(b'{"config": "TOKEN=1"}')) == {NAME: b"config=TOKEN=1\n"}


@pytest.mark.parametrize("wrong", [b"", b"[]", b"\xff", b'{"a": ' + b"[" * 90 + b"]" * 90 + b"}", b"[" * 100_000])
def test_what_can_not_be_read_is_an_error(wrong: bytes) -> None:
    with pytest.raises(Malformed):
        read_texts(wrong)


def test_they_are_stored_with_the_image_and_stand_in_no_folder(tmp_path: Path) -> None:
    made = Layout()
    made.add(made.image(tar(put("etc/motd", b"hello")), settings=SETTINGS), "app:1")
    write_tar(tmp_path / "docker.tar", docker_files(tar(put("etc/motd", b"hello")), settings=SETTINGS))
    for path in (made.write_archive(tmp_path / "app.tar"), tmp_path / "docker.tar"):
        image = open_container(str(path))
        found = {one.path: image.read(one.node, 3, 9) for one in image.stored()}
        assert found[f"{NAME}/Env"] == b"H=/bin\nDB"
        assert [entry.name for entry in image.entries(image.root)] == ["etc"]
        last = max(one.node for one in image.stored())
        assert image.status(last).st_size > 0
        with pytest.raises(Missing):
            image.read(last + 1, 0, 1)
        image.close()


def test_a_name_that_stands_twice_hides_nothing() -> None:
    twice = b'{"config": {"Env": ["DB_PASSWORD=plum"]}, "config": {"Cmd": ["serve"]}}'
    with pytest.raises(Malformed):
        read_texts(twice)
