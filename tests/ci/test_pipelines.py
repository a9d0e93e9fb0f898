"""Templates for build services: valid by their schemas; a closed gate fails them, and reports are published."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from rempart_core.version import VERSION

ROOT = Path(__file__).resolve().parents[2]
GITLAB, ACTION, WORKFLOW, JENKINS, AZURE, PACKER = (
    ROOT / name
    for name in (
        "ci/gitlab/templates/image.yml",
        "ci/github/action.yml",
        ".github/workflows/rempart-image.yml",
        "ci/jenkins/Jenkinsfile",
        "ci/azure/image.yml",
        "ci/packer/image.pkr.hcl",
    )
)
TEMPLATES = (GITLAB, ACTION, WORKFLOW, JENKINS, AZURE, PACKER)
GIVEN_AS_TEXT = (ACTION, WORKFLOW)  # GitHub hands a secret over as a text, the others as a file


def _load(path: Path) -> Any:
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))[-1]


def _packer(path: Path) -> Any:
    hcl2 = pytest.importorskip("hcl2")
    with path.open(encoding="utf-8") as file:
        (build,) = hcl2.load(file)["build"]
    return build["post-processor"][0]['"shell-local"']


def step_of(path: Path) -> str:
    """Return the script of the step that audits, as the service hands it to bash."""
    if path == GITLAB:
        return str(_load(path)["$[[ inputs.job ]]"]["script"][0])
    if path == ACTION:
        return str(_load(path)["runs"]["steps"][0]["run"])
    if path == WORKFLOW:
        return str(_load(path)["jobs"]["image"]["steps"][1]["run"])
    if path == JENKINS:
        return path.read_text(encoding="utf-8").split("'''")[1]
    if path == AZURE:
        return str(_load(path)["steps"][0]["bash"])
    lines = [line[1:-1] for line in _packer(path)["inline"]]
    return "\n".join(line.replace('\\"', '"').replace("$${", "${") for line in lines)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with a python3 whose environments hold a pip and a rempart that tell what they were given."""
    stand_in = tmp_path / "bin" / "python3"
    stand_in.parent.mkdir()
    stand_in.write_text(
        """#!/bin/bash -e
mkdir -p "$3/bin"
printf '#!/bin/bash\\nprintf "%%s\\\\n" "$@" >pip.txt\\n' >"$3/bin/pip"
cat >"$3/bin/rempart" <<'END'
#!/bin/bash
printf '%s\\n' "$@" >given.txt
while [ $# -gt 0 ]; do [ "$1" != --attest-key ] || { stat -c %a "$2"; cat "$2"; } >key.txt; shift; done
touch junit.xml
exit "$STATUS"
END
chmod +x "$3/bin/pip" "$3/bin/rempart"
""",
        encoding="utf-8",
    )
    stand_in.chmod(0o755)
    return tmp_path


def _run(place: Path, template: Path, status: int, key: str = "") -> int:
    environment = {
        "PATH": f"{place / 'bin'}:/usr/bin:/bin",
        "STATUS": str(status),
        "REMPART_IMAGE": "out/my disk.qcow2",
        "REMPART_FAIL_ON": "high",
        "REMPART_VERSION": "9.9.9",
        "REMPART_ATTEST_KEY": key,
        "TMPDIR": str(place),
    }
    script = place / "step.sh"
    script.write_text(step_of(template), encoding="utf-8")
    return subprocess.run(["bash", "-e", str(script)], cwd=place, env=environment, check=False).returncode


@pytest.mark.parametrize("status", [0, 1, 3])
@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.parent.name)
def test_the_step_ends_as_the_audit_does(place: Path, template: Path, status: int) -> None:
    assert _run(place, template, status) == status
    given = (place / "given.txt").read_text(encoding="utf-8").splitlines()
    assert given[:3] == ["audit", "--image", "out/my disk.qcow2"]
    assert given[3:] == ["--fail-on", "high", "--junit", "junit.xml", "--sarif", "rempart.sarif"]
    assert (place / "pip.txt").read_text(encoding="utf-8").splitlines()[-1] == "rempart[images]==9.9.9"
    assert (place / "junit.xml").exists()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.parent.name)
def test_the_key_is_handed_over_as_its_owner_s_alone_and_taken_away(place: Path, template: Path) -> None:
    key = place / "secret"
    key.write_text("the key\n", encoding="utf-8")
    key.chmod(0o644)  # as some runners write it
    assert _run(place, template, 1, "the key" if template in GIVEN_AS_TEXT else str(key)) == 1
    assert (place / "key.txt").read_text(encoding="utf-8") == "600\nthe key\n"
    given = (place / "given.txt").read_text(encoding="utf-8").splitlines()
    assert given[-4:-1] == ["--attest", "rempart.dsse.json", "--attest-key"]
    assert not Path(given[-1]).exists()


def test_reports_are_published_also_where_the_gate_is_closed() -> None:
    job = _load(GITLAB)["$[[ inputs.job ]]"]
    assert (job["artifacts"]["when"], job["artifacts"]["reports"]) == ("always", {"junit": "junit.xml"})
    assert "allow_failure" not in job
    for steps in (_load(ACTION)["runs"]["steps"], _load(WORKFLOW)["jobs"]["image"]["steps"]):
        assert steps[-1]["if"] == "always()"
        assert "junit.xml" in steps[-1]["with"]["path"].split()
        assert not any("continue-on-error" in step for step in steps)
    (always,) = re.findall(r"post \{\s+always \{(.*?)\n        \}", JENKINS.read_text(encoding="utf-8"), re.DOTALL)
    assert "junit testResults: 'junit.xml'" in always
    audit, publish = _load(AZURE)["steps"]
    assert "continueOnError" not in audit
    assert (publish["condition"], publish["inputs"]["testResultsFiles"]) == ("always()", "junit.xml")
    assert set(_packer(PACKER)) - {"__is_block__"} == {
        "environment_vars",
        "inline",
        "inline_shebang",
    }  # no valid_exit_codes
    for hook in _load(ROOT / ".pre-commit-hooks.yaml"):
        assert {"id", "name", "entry", "language"} <= set(hook)
        assert "audit" not in hook["entry"] or "--junit junit.xml" in hook["entry"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.parent.name)
def test_the_version_is_that_of_the_project(template: Path) -> None:
    found = re.findall(r"[\"'](\d+\.\d+\.\d+)[\"']", template.read_text(encoding="utf-8"))
    assert found == [VERSION]


SCHEMAS = {
    WORKFLOW: ["vendor.github-workflows"],
    ACTION: ["vendor.github-actions"],
    AZURE: ["vendor.azure-pipelines", "--regex-variant", "nonunicode"],
}


@pytest.mark.parametrize("template", SCHEMAS, ids=lambda path: path.parent.name)
def test_it_is_valid_by_the_schema_of_its_service(template: Path) -> None:
    pytest.importorskip("check_jsonschema")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", *SCHEMAS[template], str(template)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_both_documents_of_the_component_are_valid(tmp_path: Path) -> None:
    pytest.importorskip("check_jsonschema")
    for number, part in enumerate(yaml.safe_load_all(GITLAB.read_text(encoding="utf-8"))):
        path = tmp_path / f"{number}.yml"
        path.write_text(yaml.safe_dump(part), encoding="utf-8")
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_zizmor_finds_nothing() -> None:
    zizmor = shutil.which("zizmor", path=str(Path(sys.executable).parent))
    if zizmor is None:
        pytest.skip("zizmor is missing (the extra dev)")
    command = [zizmor, "--offline", "--no-progress", str(ACTION), str(WORKFLOW)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_gitlab_runs_the_component_and_a_closed_gate_fails_its_job(place: Path) -> None:
    command = shutil.which("gitlab-ci-local")
    if command is None or shutil.which("rsync") is None:
        pytest.skip("gitlab-ci-local or rsync is missing (npm install -g gitlab-ci-local@4.58.0)")
    project = place / "project"
    project.mkdir()
    shutil.copy(GITLAB, project / "image.yml")
    (project / "disk.qcow2").touch()
    (project / ".gitlab-ci.yml").write_text(
        yaml.safe_dump({"include": [{"local": "image.yml", "inputs": {"image": "disk.qcow2"}}]}), encoding="utf-8"
    )
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    subprocess.run(["git", "add", "-A"], cwd=project, check=True)
    environment = {"PATH": f"{place / 'bin'}:{Path(command).parent}:/usr/bin:/bin", "HOME": str(place)}
    for status in (0, 1, 3):
        done = subprocess.run(
            [command, "--force-shell-executor"],
            cwd=project,
            env=environment | {"STATUS": str(status)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode == 0) == (status == 0), done.stdout + done.stderr
        assert list(project.rglob("junit.xml")), done.stdout + done.stderr
