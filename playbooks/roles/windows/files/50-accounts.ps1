# A member of the group of administrators. Target: its SID. States: member, absent. Get-LocalGroupMember fails as soon as
# one SID of the group is unknown (PowerShell issues 2996, 21617), and ADSI asks the directory, which a login over the
# network may not: Windows' own list (NetLocalGroupGetMembers, LOCALGROUP_MEMBERS_INFO_2) has every SID, known or not.

function Get-AdministratorEntry {
    if (-not ('Rempart.Group' -as [type])) {
        Add-Type -Namespace Rempart -Name Group -MemberDefinition @'
[DllImport("netapi32.dll", CharSet = CharSet.Unicode)]
public static extern int NetLocalGroupGetMembers(string server, string name, int level, out IntPtr buffer, int most, out int read, out int total, IntPtr resume);
[DllImport("netapi32.dll")]
public static extern int NetApiBufferFree(IntPtr buffer);
'@
    }
    $name = (([Security.Principal.SecurityIdentifier]'S-1-5-32-544').Translate([Security.Principal.NTAccount]).Value -split '\\')[-1]
    $buffer = [IntPtr]::Zero
    $read = 0
    $total = 0
    $status = [Rempart.Group]::NetLocalGroupGetMembers($null, $name, 2, [ref]$buffer, -1, [ref]$read, [ref]$total, [IntPtr]::Zero)
    if ($status -ne 0 -or $read -ne $total) { throw "Windows does not tell who administers ($status, $read of $total)" }
    try {
        for ($at = 0; $at -lt $read; $at++) {
            # A pointer to the SID, what it is (SID_NAME_USE), a pointer to DOMAIN\name, each in the place of a pointer.
            $entry = [IntPtr]($buffer.ToInt64() + $at * 3 * [IntPtr]::Size)
            $use = [Runtime.InteropServices.Marshal]::ReadInt32($entry, [IntPtr]::Size)
            $kind = if ($use -eq 1) { 'user' } elseif ($use -in 2, 4, 5) { 'group' } else { 'unknown' }
            @{
                sid = [Security.Principal.SecurityIdentifier]::new([Runtime.InteropServices.Marshal]::ReadIntPtr($entry, 0)).Value
                name = if ($kind -eq 'unknown') { '' } else {
                    [Runtime.InteropServices.Marshal]::PtrToStringUni(
                        [Runtime.InteropServices.Marshal]::ReadIntPtr($entry, 2 * [IntPtr]::Size))
                }
                kind = $kind
            }
        }
    } finally {
        [void][Rempart.Group]::NetApiBufferFree($buffer)
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
