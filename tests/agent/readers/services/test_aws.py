"""Asking Amazon EC2's API for tags."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing import cloud_world
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.services import aws, http_client, metadata
from rempart_agent.readers.services.http_client import Answer
from rempart_agent.source.contract import Malformed, Missing, SourceError

MachineOf = Callable[..., RecordedTarget]
PAIR = aws.Keys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "")  # the keys of AWS' own examples
CONTENT = b"Action=DescribeTags&Filter.1.Name=resource-id&Filter.1.Value.1=i-1&MaxResults=50&Version=2016-11-15"
# what botocore signs this request with
PLAIN = "b2adf59a096159ba099cf9097fc193966e2adc8859557df1120e2c094d021b98"
WITH_TOKEN = "40929d6310e362bc964e8a5a0b9ae27f24bbcd0e97cbeef5c8ddf4c69f480b03"


@pytest.mark.parametrize(("token", "signature"), [("", PLAIN), ("tok/en=", WITH_TOKEN)])
def test_a_request_is_signed_as_aws_does(token: str, signature: str) -> None:
    pair = PAIR._replace(token=token)
    headers = aws.signed("ec2.us-east-1.amazonaws.com", "us-east-1", "ec2", CONTENT, "20150830T123600Z", pair)
    assert headers["Authorization"].endswith("Signature=" + signature)
    assert headers.get("X-Amz-Security-Token", "") == token
    assert pair.secret not in json.dumps(headers) + repr(pair)


def test_tags_are_asked_for_of_the_instance_in_its_region(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def fetch(url: str, _seconds: float, headers: dict[str, str], method: str, content: bytes) -> Answer:
        asked.append((url, method, content, "Authorization" in headers))
        return Answer(200, cloud_world.TAGS)

    monkeypatch.setattr(http_client, "fetch", fetch)
    expected = [("stack", "Production & more"), ("empty", "")]
    assert aws.tags("us-east-1", "i-1", PAIR) == aws.tags("cn-north-1", "i-1", PAIR) == expected
    assert asked[0] == ("https://ec2.us-east-1.amazonaws.com/", "POST", CONTENT, True)
    assert asked[1][0] == "https://ec2.cn-north-1.amazonaws.com.cn/"
    monkeypatch.setattr(http_client, "fetch", lambda *_: Answer(403, b"<Response/>"))
    with pytest.raises(SourceError, match="403"):
        aws.tags("us-east-1", "i-1", PAIR)


@pytest.mark.parametrize(
    ("region", "instance"),
    [("evil.example.org/#", "i-1"), ("us-east-1.evil.org", "i-1"), ("", "i-1"), ("us-east-1", "i-1&Action=x")],
)
def test_keys_are_used_for_amazon_alone(monkeypatch: pytest.MonkeyPatch, region: str, instance: str) -> None:
    monkeypatch.setattr(http_client, "fetch", lambda *_: pytest.fail("asked"))
    with pytest.raises(Malformed):
        aws.tags(region, instance, PAIR)


def _told(**more: tuple[int, str]) -> dict[str, tuple[int, str]]:
    base = f"metadata {metadata.ADDRESS}/latest/"
    paths = {"api/token": (404, ""), "meta-data/iam/security-credentials/": (404, ""), **more}
    return {base + path: said for path, said in paths.items()}


def test_keys_are_those_of_the_environment_else_of_the_role(
    machine_of: MachineOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(Missing, match="no keys of AWS"):
        aws.keys(machine_of({}, _told()), "t")
    role = "meta-data/iam/security-credentials/"
    told = _told(**{role: (200, "role\n"), role + "role": (200, json.dumps(cloud_world.KEYS))})
    assert aws.keys(machine_of({}, told), "t") == ("ASIAEXAMPLE", "secret", "session")
    with pytest.raises(Missing):
        aws.keys(machine_of({}, _told(**{role: (200, "role"), role + "role": (200, '{"Code": "Failed"}')})), "t")
    with pytest.raises(Missing):
        aws.keys(machine_of({}, _told(**{role: (200, "../../x")})), "t")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "own")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    assert aws.keys(machine_of({}, {}), "t") == ("own", "mine", "")


@pytest.mark.parametrize(
    "body", [b"", b"<a/>", cloud_world.TAGS[:-5], b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"<a>" * 100]
)
def test_another_answer_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        aws.parse(body)


@given(st.binary(), st.integers(0, 400), st.integers(0, 255))
def test_any_answer_is_taken_or_refused(data: bytes, place: int, byte: int) -> None:
    spoiled = bytearray(cloud_world.TAGS)
    spoiled[place % len(spoiled)] = byte
    for one in (data, bytes(spoiled)):
        try:
            assert isinstance(aws.parse(one), list)
        except Malformed:
            continue
