"""The description of the API names each question, its answer and its failures."""

from __future__ import annotations

import json

from rempart_server.api.description import OPERATIONS, describe


def test_each_question_is_described_with_types_that_are_there() -> None:
    described = json.loads(json.dumps(describe()))
    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) == {one.path for one in OPERATIONS}
    schemas = described["components"]["schemas"]
    for path in described["paths"].values():
        answers = path["get"]["responses"]
        assert {"200", "400", "401", "403", "404", "503"} == set(answers)
        for answer in answers.values():
            name = answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            assert name in schemas
