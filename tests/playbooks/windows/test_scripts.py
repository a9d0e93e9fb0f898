"""Scripts for Windows, read by a grammar of PowerShell: no Windows and no PowerShell is here to run them on."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from rempart_testing import powershell, yaml_text

PLAYBOOKS = powershell.PLAYBOOKS
SCRIPTS = {"the program of the role windows": powershell.program(), **powershell.inline_scripts()}
# Made and removed to read something in, in check mode too.
HARMLESS = {
    ("Invoke-InTemp", "[IO.Directory]::CreateDirectory($place)"),
    ("Invoke-InTemp", "[IO.Directory]::Delete($place, $true)"),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_grammar_reads_each_script(name: str) -> None:
    assert powershell.mistakes(SCRIPTS[name]) == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_changes_something_stands_under_should_process(name: str) -> None:
    script = SCRIPTS[name]
    open_ = [act for act in powershell.acts(script) if not act.gated and (act.function, act.text) not in HARMLESS]
    assert open_ == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_that_changes_something_says_that_it_supports_it(name: str) -> None:
    script = SCRIPTS[name]
    own = powershell.functions(script)
    for act in powershell.acts(script):
        if (act.function, act.text) not in HARMLESS:
            assert powershell.supports_should_process(script.partition("\nfunction ")[0]), act
            if act.function:
                assert powershell.supports_should_process(own[act.function.lower()]), act


def test_what_is_not_under_should_process_is_seen() -> None:
    """The reader itself: conditions that only look like it do not count."""
    ungated = """
        if ($PSCmdlet.ShouldProcess('x')) { Get-Service }
        Stop-Service x
        if ($ready) { sc.exe config x start= disabled }
        if (-not $PSCmdlet.ShouldProcess('x')) { Remove-Item x }
        if ($PSCmdlet.ShouldProcess('x')) { 1 } else { [IO.File]::Delete('x') }
        auditpol.exe /get /category:*
        New-Object x
    """
    assert [act.text.split()[0] for act in powershell.acts(ungated) if not act.gated] == [
        "Stop-Service", "sc.exe", "Remove-Item", "[IO.File]::Delete('x')",
    ]  # fmt: skip
    assert powershell.acts("if ($PSCmdlet.ShouldProcess('x')) { foreach ($y in 1) { Stop-Service x } }")[0].gated
    assert powershell.mistakes("if (") != []


def test_what_changes_state_goes_by_acts_that_are_recorded() -> None:
    """No module that changes the registry, a policy, a feature or how a service starts: nothing would take it back."""
    allowed = {
        "win_powershell",
        "win_service",
        "win_reg_stat",
        "win_stat",
        "win_audit_rule",
        "win_updates",
        "win_reboot",
    }
    allowed |= {"win_command", "win_package"}
    for path in sorted(PLAYBOOKS.glob("roles/*/tasks/windows/*.yml")):
        for task in yaml_text.load_file(path):
            for key, given in task.items():
                if key.startswith("ansible.windows."):
                    assert key.rpartition(".")[2] in allowed, f"{path}: {task['name']}"
                    if (
                        key.endswith("win_service") and path.stem != "ids-01"
                    ):  # a sensor that the fix itself has installed
                        assert "start_mode" not in given, f"{path}: {task['name']}"


def test_the_program_can_be_put_together_from_ascii_parts_that_no_template_touches() -> None:
    for path in (PLAYBOOKS / "roles/windows/files").glob("*.ps1"):
        assert len(path.read_text(encoding="ascii").splitlines()) <= 130
    assert "{{" not in powershell.program()
    assert "{%" not in powershell.program()


# AuditPolicyDsc's own tests hold `auditpol.exe /get /subcategory:logon /r` to the columns Machine Name,Policy Target,
# Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting: the setting in words, translated. `/backup` adds
# Setting Value; its numbers are those of [MS-GPAC] 2.2.1.3.1. Single users have their SID as the target (2.2.1.3.2).
BACKUP = """\
Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting,Setting Value
TLT0117,System,Logon,{0CCE9215-69AE-11D9-BED3-505054503030},Success and Failure,,3
TLT0117,System,Création du processus,{0CCE922B-69AE-11D9-BED3-505054503030},Pas d’audit,,0
TLT0117,S-1-5-21-1-2-3-1001,Logon,{0CCE9215-69AE-11D9-BED3-505054503030},Success,,1
TLT0117,,Option:CrashOnAuditFail,,Disabled,,0
TLT0117,System,File System,{0cce921d-69ae-11d9-bed3-505054503030},Failure,,2
"""


def test_the_audit_policy_is_read_by_number_whatever_the_language() -> None:
    (pattern,) = re.findall(r"-notmatch '(.*S-1-.*)'\)", powershell.program())
    found = {match[1].upper(): match[2] for line in BACKUP.splitlines() if (match := re.match(pattern, line))}
    assert found == {
        "{0CCE9215-69AE-11D9-BED3-505054503030}": "3",
        "{0CCE922B-69AE-11D9-BED3-505054503030}": "0",
        "{0CCE921D-69AE-11D9-BED3-505054503030}": "2",
    }
    assert "Setting Value'" not in "".join(SCRIPTS.values())
    assert "/backup" in powershell.functions(powershell.program())["get-auditstate"]


def test_administrators_are_listed_whether_their_sids_are_known_or_not() -> None:
    """PowerShell issues 2996 and 21617: Get-LocalGroupMember fails as soon as one SID of the group is unknown."""
    for script in SCRIPTS.values():
        assert "Get-LocalGroupMember" not in re.sub("#.*", "", script)
    listed = powershell.functions(powershell.program())["get-administratorentry"]
    assert "$read -ne $total" in listed  # a list that was cut would take an administrator for none


def test_a_torn_line_of_the_record_is_passed_over_and_the_next_is_a_line_of_its_own() -> None:
    own = powershell.functions(powershell.program())
    assert "WriteByte(10)" in own["add-line"]
    assert re.search(r"try \{ \$line = ConvertFrom-Json .* \} catch \{ continue \}", own["read-journal"])


def test_the_guard_is_one_that_runs() -> None:
    """As it comes a task does not start on batteries: learn.microsoft.com, TaskSettings.DisallowStartIfOnBatteries."""
    arm = powershell.functions(powershell.program())["invoke-arm"]
    for word in (
        "-AllowStartIfOnBatteries",
        "-DontStopIfGoingOnBatteries",
        "-StartWhenAvailable",
        "-AtStartup",
        "-Once",
        "S-1-5-18",
    ):
        assert word in arm, word
    # It is tried before anything depends on it, and only then does it count as armed.
    trial, armed = arm.index("Start-ScheduledTask"), arm.index("'armed'")
    assert trial < arm.index("does not run on this machine") < armed
    assert "'armed'" in powershell.functions(powershell.program())["test-guard"]


def test_nothing_that_may_cut_the_way_in_is_done_without_a_guard() -> None:
    do = powershell.functions(powershell.program())["invoke-do"]
    assert do.index("Test-Guard") < do.index("Invoke-Open")
    assert re.search(r"Test-Cutting .*-and -not \(Test-Guard\)\) \{\s*throw", do)


@pytest.mark.parametrize(
    ("function", "rule"),
    [
        ("get-plan", r"'\^\(None\|Unknown\):'\) \{ throw"),
        ("set-rulestate", r"if \(\$group -ne 'Rempart'\) \{ throw"),
        ("invoke-arm", r"'undone'\)\)\) \{ throw"),
        ("new-folder", r"O:BAG:SYD:PAI\(A;OICI;FA;;;SY\)\(A;OICI;FA;;;BA\)'"),
    ],
)
def test_a_rule_of_the_program_stands(function: str, rule: str) -> None:
    """What the program is not run for here (test_program.py): its text is held."""
    assert re.search(rule, powershell.functions(powershell.program())[function])


def test_an_act_is_on_the_disk_before_it_is_done_and_taken_back_only_where_it_stands() -> None:
    own = powershell.functions(powershell.program())
    do = own["invoke-open"]
    assert do.index("s = 'intent'") < do.index("Set-State") < do.index("Get-State") < do.index("s = 'done'")
    assert "Invoke-Back" in do.partition("catch")[2]
    assert ".Flush($true)" in own["add-line"]
    fate = own["get-fate"]  # one judgement, for a dry run and for the undo
    assert fate.index("Test-Same $now $Act.after") < fate.rindex("'back'")
    assert re.search(r"-eq 'back'\) \{\s*Set-State", own["undo-act"])
    assert "Get-Fate" in own["get-foretold"]
    assert powershell.acts(own["get-foretold"]) == []


@pytest.mark.skipif(shutil.which("pwsh") is None, reason="no pwsh here: the scripts are read by a grammar alone")
def test_powershell_itself_runs_the_program_with_a_registry_that_stands_in(tmp_path: Path) -> None:
    """Where PowerShell is: do, share, undo and what moved since, on a dictionary in place of the registry."""
    parts = powershell.program().partition("switch ($Action) {")
    mock = """
    $global:values = @{ 'A::x' = 'DWord:5' }
    function Get-RegistryState([string]$Target) {
        if ($global:values.ContainsKey($Target)) { $global:values[$Target] } else { 'absent' }
    }
    function Set-RegistryState([string]$Target, [string]$State) {
        if ($State -eq 'absent') { $global:values.Remove($Target) } else { $global:values[$Target] = $State }
    }
    function New-Folder { [void][IO.Directory]::CreateDirectory($folder) }
    """
    program = parts[0].replace(
        "$folder = [IO.Path]::Combine(", f"$folder = '{tmp_path}/c'; $null = [IO.Path]::Combine(", 1
    )
    (tmp_path / "program.ps1").write_text(program + mock + parts[1] + parts[2])
    (tmp_path / "test.ps1").write_text(f"""
    $ErrorActionPreference = 'Stop'
    function Step([hashtable]$With) {{
        $global:Ansible = [pscustomobject]@{{ Changed = $false; Failed = $false; Result = @{{}}; Diff = @{{}} }}
        & '{tmp_path}/program.ps1' -Change c-1 @With
    }}
    $acts = '[{{"kind":"registry","target":"A::x","wanted":"DWord:1"}},' +
        '{{"kind":"registry","target":"A::y","wanted":"String:z"}}]'
    Step @{{ Action = 'do'; Check = 'ONE-01'; Acts = $acts; WhatIf = $true }}
    "check $($Ansible.Changed) $($values['A::x'])"
    Step @{{ Action = 'do'; Check = 'ONE-01'; Acts = $acts }}
    "do $($Ansible.Changed) $($values['A::x']) $($values['A::y'])"
    Step @{{ Action = 'do'; Check = 'ONE-01'; Acts = $acts }}
    "again $($Ansible.Changed)"
    $values['A::y'] = 'String:others'
    Step @{{ Action = 'undo' }}
    "undo $($values['A::x']) $($values['A::y']) $($Ansible.Result.left)"
    """)  # the states of a value, the record, and what moved since
    done = subprocess.run(
        ["pwsh", "-NoProfile", "-File", tmp_path / "test.ps1"], capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == [
        "check True DWord:5",
        "do True DWord:1 String:z",
        "again False",
        "undo DWord:5 String:others moved since: registry A::y is String:others; it was absent",
    ], done.stderr
