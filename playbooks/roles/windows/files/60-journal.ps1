# What kinds of acts there are: code by kind decides what runs, and nothing of a journal is ever a command.

function Get-State([string]$Kind, [string]$Target) {
    switch ($Kind) {
        'registry' { return Get-RegistryState $Target }
        'start' { return Get-StartState $Target }
        'policy' { return Get-PolicyState $Target }
        'audit' { return Get-AuditState $Target }
        'rule' { return Get-RuleState $Target }
        'profile' { return Get-ProfileState $Target }
        'member' { return Get-MemberState $Target }
        'account' { return Get-AccountState $Target }
        'preference' { return Get-PreferenceState $Target }
        'exclusion' { return Get-ExclusionState $Target }
        default { throw "there are no acts of the kind '$Kind'" }
    }
}

function Set-State {
    [CmdletBinding(SupportsShouldProcess)]
    param([string]$Kind, [string]$Target, [string]$State)
    if ($PSCmdlet.ShouldProcess("$Kind $Target", $State)) {
        switch ($Kind) {
            'registry' { Set-RegistryState $Target $State }
            'start' { Set-StartState $Target $State }
            'policy' { Set-PolicyState $Target $State }
            'audit' { Set-AuditState $Target $State }
            'rule' { Set-RuleState $Target $State }
            'profile' { Set-ProfileState $Target $State }
            'member' { Set-MemberState $Target $State }
            'account' { Set-AccountState $Target $State }
            'preference' { Set-PreferenceState $Target $State }
            'exclusion' { Set-ExclusionState $Target $State }
            default { throw "there are no acts of the kind '$Kind'" }
        }
    }
}

# A value that is gone is gone, whether its key is there or not.
function Test-Same([string]$One, [string]$Other) {
    return ($One -replace '^no key since .*', 'absent') -ceq ($Other -replace '^no key since .*', 'absent')
}

# What may cut a way in, told by what is touched and not by the check: it is done under the guard alone.
function Test-Cutting([string]$Kind, [string]$Target) {
    if ($Kind -in 'profile', 'policy', 'member', 'account') { return $true }
    $places = '\\(WinRM|FirewallPolicy|SCHANNEL)\\|\\Control\\Lsa::|\\(Tcpip6?\\Parameters|DNSClient)::'
    $values = '::(EnableLUA|UserAuthentication|SecurityLayer|MinEncryptionLevel|fAllowToGetHelp)$'
    return $Kind -eq 'registry' -and ($Target -match $places -or $Target -match $values)
}

# The folder of a change: of the system and the administrators alone, since a value that was replaced may be a secret.
function New-Folder {
    [CmdletBinding(SupportsShouldProcess)]
    param()
    if ([IO.Directory]::Exists($folder)) { return }
    if ($PSCmdlet.ShouldProcess($folder, 'make')) {
        $security = [Security.AccessControl.DirectorySecurity]::new()
        $security.SetSecurityDescriptorSddlForm('O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)')
        [void][IO.Directory]::CreateDirectory($folder)
        [IO.DirectoryInfo]::new($folder).SetAccessControl($security)
    }
}

# One at a time: the guard, a confirmation and an undo can't cross each other; the faster wins.
function Open-Lock {
    for ($try = 0; $try -lt 60; $try++) {
        try {
            return [IO.File]::Open([IO.Path]::Combine($folder, 'lock'), 'OpenOrCreate', 'ReadWrite', 'None')
        } catch [IO.IOException] {
            Start-Sleep -Seconds 1
        }
    }
    throw "the change $Change is held by another"
}

# Appended and on the disk before what it announces is done. A last line that was torn had promised nothing.
function Add-Line {
    [CmdletBinding(SupportsShouldProcess)]
    param($Line)
    if ($PSCmdlet.ShouldProcess('journal', 'append')) {
        $bytes = [Text.Encoding]::UTF8.GetBytes((ConvertTo-Json -Compress -InputObject $Line) + "`n")
        $path = [IO.Path]::Combine($folder, 'acts.jsonl')
        $torn = [IO.File]::Exists($path) -and -not [IO.File]::ReadAllText($path).EndsWith("`n")
        $file = [IO.File]::Open($path, 'Append', 'Write', 'Read')
        try {
            # Behind a line that was torn: it stays one line, and is passed over.
            if ($torn) { $file.WriteByte(10) }
            $file.Write($bytes, 0, $bytes.Length)
            $file.Flush($true)
        } finally {
            $file.Dispose()
        }
    }
}

function Read-Journal {
    $path = [IO.Path]::Combine($folder, 'acts.jsonl')
    $known = [ordered]@{}
    if (-not [IO.File]::Exists($path)) { return $known }
    $lines = [IO.File]::ReadAllText($path) -split "`n"
    for ($at = 0; $at -lt $lines.Count - 1; $at++) {
        try { $line = ConvertFrom-Json $lines[$at] } catch { continue }
        $number = "$($line.n)"
        if ($line.s -eq 'intent') {
            $known[$number] = @{
                n = $line.n; s = 'intent'; kind = $line.kind; target = $line.target; before = $line.before
                after = $line.after; checks = @($line.'for')
            }
        } elseif ($line.s -eq 'shared') {
            $known[$number].checks = @($line.'for')
        } else {
            $known[$number].s = $line.s
            if ($line.after) { $known[$number].after = $line.after }
        }
    }
    return $known
}
