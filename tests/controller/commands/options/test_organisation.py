"""The options of an organisation: what goes together, and that they change nothing where they are not given."""

from __future__ import annotations

import argparse

import pytest

from rempart_controller.commands.options.organisation import add_organisation, find_mistakes


def read(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_organisation(parser)
    plain = {"inventory": [], "checks": [], "root": None, "image": [], "socket": "", "role": ""}
    return argparse.Namespace(**plain | vars(parser.parse_args(words)))


def test_without_them_there_is_no_organisation() -> None:
    options = read()
    assert (options.registers, options.live, find_mistakes(options)) == ("", "", [])


@pytest.mark.parametrize(
    ("more", "ids"),
    [
        ({}, []),
        ({"inventory": ["hosts"]}, []),
        ({"inventory": ["hosts"], "checks": ["ORG-01"]}, ["organisation.checks_with_fleet"]),
        ({"role": "server"}, ["organisation.not_with_registers"]),
    ],
)
def test_what_is_about_machines_needs_machines(more: dict[str, object], ids: list[str]) -> None:
    options = argparse.Namespace(**vars(read("--registers", "x")) | more)
    assert [one.id for one in find_mistakes(options)] == ids
