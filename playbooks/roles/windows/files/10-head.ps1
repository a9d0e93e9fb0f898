# One program in several files, put together in the order of their names (vars/main.yml). It runs in two places: under
# ansible.windows.win_powershell, which brings $Ansible, and as SYSTEM in a scheduled task, which does not.
[CmdletBinding(SupportsShouldProcess)]
param(
    [ValidateSet('do', 'arm', 'confirm', 'undo', 'accounts', 'show')][string]$Action = 'show',
    [string]$Change = '',
    [string]$Check = '',
    [string]$Acts = '[]',
    [string]$Checks = '[]',
    [string]$Program = '',
    [int]$Seconds = 300,
    [string]$By = 'rollback',
    [bool]$Force = $false
)
$ErrorActionPreference = 'Stop'
if ($null -eq $Ansible) {
    $Ansible = [pscustomobject]@{ Changed = $false; Failed = $false; Result = @{}; Diff = @{} }
}
$Ansible.Changed = $false
if ($Change -notmatch '^[A-Za-z0-9][A-Za-z0-9-]{0,63}$') { throw "'$Change' is not the name of a change" }
if ([Environment]::Is64BitOperatingSystem -and -not [Environment]::Is64BitProcess) {
    throw 'This is a 32-bit PowerShell, which sees another registry: run a 64-bit one'
}
# Below Program Files only administrators can make anything: nobody else can put a program in the way of the task.
$folder = [IO.Path]::Combine([Environment]::GetFolderPath('ProgramFiles'), 'Rempart', 'changes', $Change)
