"""What the types of JSON name is what a reader of JSON gives."""

from __future__ import annotations

import datetime as dt
import json
import typing

from rempart_core.json_value import Json

KINDS = tuple(typing.get_origin(kind) or kind for kind in typing.get_args(Json))


def test_each_kind_that_is_read_is_named() -> None:
    read = json.loads('[true, 1, 1.5, "a", [], {}, null]')
    assert [one for one in read if not isinstance(one, KINDS)] == []


def test_what_json_has_no_words_for_is_not() -> None:
    assert [one for one in (dt.date(2026, 1, 1), {1}, object()) if isinstance(one, KINDS)] == []
