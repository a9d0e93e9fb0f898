# How a service starts. Target: its name. States: auto, delayed, manual, disabled, ...; "no service".

function Get-StartState([string]$Target) {
    $service = Get-CimInstance Win32_Service -Filter "Name='$($Target -replace "'", "\'")'"
    if ($null -eq $service) { return 'no service' }
    if ($service.StartMode -eq 'Auto') { return $(if ($service.DelayedAutoStart) { 'delayed' } else { 'auto' }) }
    return $service.StartMode.ToLower()
}

function Set-StartState {
    [CmdletBinding(SupportsShouldProcess)]
    param([string]$Target, [string]$State)
    $words = @{ auto = 'auto'; delayed = 'delayed-auto'; manual = 'demand'; disabled = 'disabled' }
    if (-not $words.ContainsKey($State)) { throw "${Target}: '$State' can't be set" }
    if ($PSCmdlet.ShouldProcess($Target, $State)) {
        sc.exe config $Target start= $words[$State] | Out-Null
        if ($LASTEXITCODE -ne 0) { throw "${Target}: Windows refuses to change how it starts (sc.exe: $LASTEXITCODE)" }
    }
}

# Under -WhatIf a cmdlet makes no folder, so that nothing could be read in check mode: .NET makes it.
function Invoke-InTemp([scriptblock]$Body) {
    $place = [IO.Path]::Combine([IO.Path]::GetTempPath(), "rempart-$([guid]::NewGuid())")
    [void][IO.Directory]::CreateDirectory($place)
    try { & $Body $place } finally { [IO.Directory]::Delete($place, $true) }
}

# One key of [System Access] of the local security policy. States: its number, "absent".

function Get-PolicyState([string]$Target) {
    Invoke-InTemp {
        param($place)
        $file = [IO.Path]::Combine($place, 'policy.inf')
        secedit.exe /export /areas SECURITYPOLICY /cfg $file /quiet | Out-Null
        $lines = if ([IO.File]::Exists($file)) { [IO.File]::ReadAllLines($file) } else { @() }
        if ($lines -notcontains '[System Access]') { throw "secedit wrote no policy (it ended with $LASTEXITCODE)" }
        foreach ($line in $lines) {
            if ($line -match '^\s*(\w+)\s*=\s*(-?\d+)\s*$' -and $Matches[1] -eq $Target) { return $Matches[2] }
        }
        return 'absent'
    }
}

function Set-PolicyState {
    [CmdletBinding(SupportsShouldProcess)]
    param([string]$Target, [string]$State)
    # Keys of the lockout stand in the policy only while there is a lockout: they go with LockoutBadCount.
    if ($State -eq 'absent') { return }
    if ($PSCmdlet.ShouldProcess($Target, $State)) {
        Invoke-InTemp {
            param($place)
            $lines = '[Unicode]', 'Unicode=yes', '[Version]', 'signature="$CHICAGO$"', 'Revision=1', '[System Access]', "$Target = $State"
            $file = [IO.Path]::Combine($place, 'wanted.inf')
            [IO.File]::WriteAllLines($file, [string[]]$lines, [Text.Encoding]::Unicode)
            secedit.exe /configure /db ([IO.Path]::Combine($place, 'wanted.sdb')) /cfg $file /areas SECURITYPOLICY /quiet | Out-Null
        }
    }
}

# An audit subcategory. Target: its GUID, since names are translated. States: 0 nothing, 1 success, 2 failure, 3 both.
# `auditpol /get /r` says it in words alone, and in the language of Windows; `/backup` adds the number, "Setting Value".

function Get-AuditState([string]$Target) {
    $found = Invoke-InTemp {
        param($place)
        $file = [IO.Path]::Combine($place, 'audit.csv')
        auditpol.exe /backup "/file:$file" | Out-Null
        if ($LASTEXITCODE -ne 0) { throw "auditpol /backup ended with $LASTEXITCODE" }
        foreach ($line in [IO.File]::ReadAllLines($file)) {
            # Settings of single users have their SID in the second column.
            if ($line -notmatch '^[^,]*,(?!"?S-1-)[^,]*,.*(\{[0-9A-Fa-f-]{36}\}),[^,]*,[^,]*,(\d+)\s*$') { continue }
            if ($Matches[1] -eq $Target) { $Matches[2] }
        }
    }
    if ($null -eq $found) { throw "auditpol knows no subcategory $Target" }
    $number = [int]@($found)[0]
    return "$(if ($number -in 1, 2, 3) { $number } else { 0 })"
}

function Set-AuditState {
    [CmdletBinding(SupportsShouldProcess)]
    param([string]$Target, [string]$State)
    $success = if ([int]$State -band 1) { 'enable' } else { 'disable' }
    $failure = if ([int]$State -band 2) { 'enable' } else { 'disable' }
    if ($PSCmdlet.ShouldProcess($Target, $State)) {
        auditpol.exe /set "/subcategory:$Target" "/success:$success" "/failure:$failure" | Out-Null
        if ($LASTEXITCODE -ne 0) { throw "auditpol /set ended with $LASTEXITCODE" }
    }
}
