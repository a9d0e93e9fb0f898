# A member of the group of administrators. Target: its SID. States: member, absent. Get-LocalGroupMember fails as soon as
# one SID of the group is unknown (PowerShell issues 2996, 21617): ADSI lists them all.

function Get-AdministratorEntry {
    $group = ([Security.Principal.SecurityIdentifier]'S-1-5-32-544').Translate([Security.Principal.NTAccount]).Value
    $entry = [ADSI]"WinNT://$env:COMPUTERNAME/$(($group -split '\\')[-1]),group"
    foreach ($member in @($entry.Invoke('Members'))) {
        $path = "$($member.GetType().InvokeMember('ADsPath', 'GetProperty', $null, $member, $null))"
        $kind = "$($member.GetType().InvokeMember('Class', 'GetProperty', $null, $member, $null))"
        $name = ''
        if ($path -match '/(S-1-[0-9-]+)$') {
            $sid = $Matches[1]
        } else {
            $sid = [Security.Principal.SecurityIdentifier]::new([byte[]]([ADSI]$member).Properties['objectSid'].Value, 0).Value
        }
        try { $name = ([Security.Principal.SecurityIdentifier]$sid).Translate([Security.Principal.NTAccount]).Value } catch { $name = '' }
        @{ sid = $sid; name = $name; kind = $kind.ToLower() }
    }
}

# What is needed to decide who may be taken out or disabled: the decision itself is made by filter_plugins.
function Get-Account {
    $places = @(
        @('HKLM:\SOFTWARE\Microsoft\Policies\LAPS', 'BackupDirectory', 'AdministratorAccountName'),
        @('HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\LAPS', 'BackupDirectory', 'AdministratorAccountName'),
        @('HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\LAPS\Config', 'BackupDirectory', 'AdministratorAccountName'),
        @('HKLM:\SOFTWARE\Policies\Microsoft Services\AdmPwd', 'AdmPwdEnabled', 'AdminAccountName')
    )
    $laps = $false
    $looked = ''
    $place = $places | Where-Object { (Get-Item $_[0] -ErrorAction SilentlyContinue).ValueCount -gt 0 } | Select-Object -First 1
    if ($place) {
        $found = Get-ItemProperty $place[0]
        $laps = $found.($place[1]) -in 1, 2
        $looked = "$($found.($place[2]))"
    }
    $me = [Security.Principal.WindowsIdentity]::GetCurrent().User.Value
    $system = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System'
    $uac = Get-ItemProperty $system -ErrorAction SilentlyContinue
    return @{
        me = $me
        machine = $env:COMPUTERNAME
        controller = (Get-CimInstance Win32_OperatingSystem).ProductType -eq 2
        laps = $laps
        laps_account = $looked
        remote_filter_off = $uac.LocalAccountTokenFilterPolicy -eq 1
        filter_builtin = $uac.FilterAdministratorToken -eq 1
        members = @(Get-AdministratorEntry)
        users = @(Get-LocalUser | ForEach-Object {
                $flags = ([ADSI]"WinNT://$env:COMPUTERNAME/$($_.Name),user").Properties['UserFlags'].Value
                $age = if ($_.PasswordLastSet) { [int]((Get-Date) - $_.PasswordLastSet).TotalDays } else { 99999 }
                @{ sid = $_.SID.Value; name = $_.Name; enabled = $_.Enabled; ages = -not ($flags -band 0x10000); days = $age }
            })
    }
}

function Get-MemberState([string]$Target) {
    return $(if (@(Get-AdministratorEntry | ForEach-Object { $_.sid }) -contains $Target) { 'member' } else { 'absent' })
}

function Set-MemberState {
    [CmdletBinding(SupportsShouldProcess)]
    param([string]$Target, [string]$State)
    if ($PSCmdlet.ShouldProcess($Target, $State)) {
        if ($State -eq 'member') {
            Add-LocalGroupMember -SID S-1-5-32-544 -Member $Target
        } else {
            Remove-LocalGroupMember -SID S-1-5-32-544 -Member $Target
        }
    }
}

# A local account. Target: its SID. States: enabled, disabled.

function Get-AccountState([string]$Target) {
    return $(if ((Get-LocalUser -SID $Target).Enabled) { 'enabled' } else { 'disabled' })
}

function Set-AccountState {
    [CmdletBinding(SupportsShouldProcess)]
    param([string]$Target, [string]$State)
    if ($PSCmdlet.ShouldProcess($Target, $State)) {
        if ($State -eq 'enabled') { Enable-LocalUser -SID $Target } else { Disable-LocalUser -SID $Target }
    }
}

# Defender's own settings. Under tamper protection a write is ignored in silence: what is read afterwards tells.

function Get-PreferenceState([string]$Target) { return "$((Get-MpPreference).$Target)" }

function Set-PreferenceState {
    [CmdletBinding(SupportsShouldProcess)]
    param([string]$Target, [string]$State)
    $wanted = @{ $Target = [bool]::Parse($State) }
    if ($PSCmdlet.ShouldProcess($Target, $State)) { Set-MpPreference @wanted }
}

function Get-ExclusionState([string]$Target) {
    $list, $value = $Target -split '::', 2
    return $(if (@((Get-MpPreference).$list) -contains $value) { 'present' } else { 'absent' })
}

function Set-ExclusionState {
    [CmdletBinding(SupportsShouldProcess)]
    param([string]$Target, [string]$State)
    $list, $value = $Target -split '::', 2
    $wanted = @{ $list = $value }
    if ($PSCmdlet.ShouldProcess($Target, $State)) {
        if ($State -eq 'present') { Add-MpPreference @wanted } else { Remove-MpPreference @wanted }
    }
}
