"""What the API answers are types that are encoded as they stand."""

from __future__ import annotations

import msgspec

from rempart_server.api import model


def test_an_answer_is_what_its_type_says() -> None:
    said = msgspec.json.encode(model.Error("not found"))
    assert said == b'{"error":"not found"}'
    assert msgspec.json.decode(said, type=model.Error) == model.Error("not found")


def test_no_answer_has_a_place_for_a_secret() -> None:
    fields = {
        field
        for one in vars(model).values()
        if isinstance(one, type)
        for field in getattr(one, "__struct_fields__", ())
    }
    assert not fields & {"secret", "digest", "password", "token", "csrf", "identifier"}
