# A registry value below HKEY_LOCAL_MACHINE. Target: KEY::NAME. States: "KIND:DATA", "absent", "no key since KEY".

function Get-RegistryState([string]$Target) {
    $path, $name = $Target -split '::', 2
    $key = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey($path)
    if ($null -eq $key) { return "no key since $(Get-FirstMissing $path)" }
    try {
        if ($key.GetValueNames() -notcontains $name) { return 'absent' }
        $kind = $key.GetValueKind($name)
        $data = $key.GetValue($name, $null, [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
        switch ("$kind") {
            'Binary' { return "Binary:$([Convert]::ToBase64String($data))" }
            'MultiString' { return "MultiString:$(ConvertTo-Json -Compress -InputObject @($data))" }
            default { return "${kind}:$data" }
        }
    } finally {
        $key.Dispose()
    }
}

function Get-FirstMissing([string]$Path) {
    $known = ''
    foreach ($part in $Path -split '\\') {
        $known = if ($known) { "$known\$part" } else { $part }
        $key = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey($known)
        if ($null -eq $key) { return $known }
        $key.Dispose()
    }
    return $Path
}

function Set-RegistryState {
    [CmdletBinding(SupportsShouldProcess)]
    param([string]$Target, [string]$State)
    $path, $name = $Target -split '::', 2
    if ($State -eq 'absent' -or $State -like 'no key since *') {
        $key = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey($path, $true)
        if ($null -eq $key) { return }
        if ($PSCmdlet.ShouldProcess($Target, 'remove')) {
            $key.DeleteValue($name, $false)
            $key.Dispose()
            if ($State -match '^no key since (.+)$') { Remove-EmptyKey -Path $path -Since $Matches[1] }
        }
        return
    }
    $kind, $data = $State -split ':', 2
    $value = switch ($kind) {
        'DWord' { [int]$data }
        'QWord' { [long]$data }
        'String' { $data }
        'ExpandString' { $data }
        'Binary' { , [Convert]::FromBase64String($data) }
        'MultiString' { , [string[]](ConvertFrom-Json $data) }
        default { throw "${Target}: a value of the kind $kind can't be written" }
    }
    if ($PSCmdlet.ShouldProcess($Target, $State)) {
        $key = [Microsoft.Win32.Registry]::LocalMachine.CreateSubKey($path)
        $key.SetValue($name, $value, [Microsoft.Win32.RegistryValueKind]$kind)
        $key.Dispose()
    }
}

# A key that somebody else has put something into stays, and so do the keys above it.
function Remove-EmptyKey {
    [CmdletBinding(SupportsShouldProcess)]
    param([string]$Path, [string]$Since)
    while ($Path.Length -ge $Since.Length) {
        $key = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey($Path)
        if ($null -ne $key) {
            $used = $key.ValueCount + $key.SubKeyCount
            $key.Dispose()
            if ($used -gt 0) { return }
            if ($PSCmdlet.ShouldProcess($Path, 'remove the empty key')) {
                [Microsoft.Win32.Registry]::LocalMachine.DeleteSubKey($Path, $false)
            }
        }
        $Path = $Path.Substring(0, [Math]::Max(0, $Path.LastIndexOf('\')))
    }
}
