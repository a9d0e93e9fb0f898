"""Which image of a container was judged stands in each report that a person or a pipeline reads."""

from __future__ import annotations

import io
from collections.abc import Callable

import lxml.html
import pytest
from lxml import etree

from rempart_core.model.result import ContainerIdentity, Run
from rempart_reports.formats.registry import load
from rempart_reports.views.container import ContainerWords, tell_container
from rempart_reports.views.options import Options

MakeRun = Callable[..., Run]
MANIFEST, CONFIG = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"
WHOLE = ContainerIdentity(MANIFEST, CONFIG, only=True, platform="linux/arm64")


def written(name: str, run: Run, language: str = "en") -> str:
    out = io.StringIO()
    load(name).write([run], out, Options(language=language))
    return out.getvalue()


@pytest.mark.parametrize(
    ("language", "about"),
    [("en", "Container image linux/arm64, manifest"), ("fr", "Image de conteneur linux/arm64, manifeste")],
)
def test_a_reader_is_told_the_digest_and_the_platform(language: str, about: str, make_run: MakeRun) -> None:
    run = make_run([], container=WHOLE)
    page = lxml.html.document_fromstring(written("html", run, language))
    assert page.xpath("string(//p[contains(@class, 'container')])") == f"{about} {MANIFEST}"
    lines = written("terminal", run, language).replace("\u00a0", " ").splitlines()
    assert [line.rstrip(": ") for line in lines if line.startswith(about)] == [about]
    assert f"  {MANIFEST}" in lines  # whole, on a line of its own: it is copied
    assert max(map(len, lines)) <= 80
    assert f"{about} `{MANIFEST}`\n" in written("markdown", run, language)


def test_a_pipeline_reads_properties(make_run: MakeRun) -> None:
    def properties(run: Run) -> dict[str, str]:
        tree = etree.fromstring(written("junit", run).encode())
        return {one.get("name", ""): one.get("value", "") for one in tree.iter("property")}

    told = properties(make_run([], container=WHOLE._replace(only=False)))
    assert {name: value for name, value in told.items() if name.startswith("container")} == {
        "container_manifest": MANIFEST,
        "container_config": CONFIG,
        "container_platform": "linux/arm64",
        "container_only": "false",
    }
    assert not any(name.startswith("container") for name in properties(make_run([])))


def test_an_archive_without_a_manifest_is_named_by_its_configuration_and_others_in_it_are_not_hidden(
    make_run: MakeRun,
) -> None:
    docker = make_run([], container=ContainerIdentity("", CONFIG, only=False, platform="linux/amd64"))
    assert tell_container(docker, "en") == ContainerWords(
        "Container image linux/amd64, configuration", CONFIG, "the file holds more than this image"
    )
    for name in ("html", "terminal", "markdown"):
        assert "the file holds more than this image" in written(name, docker)
    assert tell_container(make_run([]), "en") is None
    for name in ("html", "terminal", "markdown"):
        assert "Container image" not in written(name, make_run([]))
