"""What is counted is shown in Prometheus' text format."""

from __future__ import annotations

import pytest

from rempart_server import metrics


def test_what_is_counted_timed_and_measured_is_shown() -> None:
    metrics.count("tests_begun")
    metrics.count("tests_ended", 2, why="done")
    metrics.observe("test", 0.03, kind="short")
    metrics.gauge("test_level", 7)
    shown = metrics.show().decode()
    for line in (
        "rempart_server_tests_begun_total 1.0",
        'rempart_server_tests_ended_total{why="done"} 2.0',
        'rempart_server_test_seconds_bucket{kind="short",le="0.05"} 1.0',
        "rempart_server_test_level 7.0",
    ):
        assert line in shown.splitlines()


def test_other_labels_under_one_name_are_a_mistake_of_ours() -> None:
    metrics.count("tests_labelled", why="done")
    with pytest.raises(ValueError, match="Duplicated"):
        metrics.count("tests_labelled", who="me")
