# A firewall rule of the group Rempart. Target: its name. States: "absent", or DIRECTION ACTION ENABLED PROTOCOL PORTS
# ADDRESSES GROUP as Windows tells them.

function Get-RuleState([string]$Target) {
    $rule = Get-NetFirewallRule -Name $Target -ErrorAction SilentlyContinue
    if ($null -eq $rule) { return 'absent' }
    $port = $rule | Get-NetFirewallPortFilter
    $ports = if ("$($rule.Direction)" -eq 'Inbound') { $port.LocalPort } else { $port.RemotePort }
    $addresses = ($rule | Get-NetFirewallAddressFilter).RemoteAddress
    $group = if ($rule.Group) { $rule.Group } else { 'none' }
    return '{0} {1} {2} {3} {4} {5} {6}' -f $rule.Direction, $rule.Action, $rule.Enabled, $port.Protocol, ($ports -join ','),
        ($addresses -join ','), $group
}

function Set-RuleState {
    [CmdletBinding(SupportsShouldProcess)]
    param([string]$Target, [string]$State)
    if ($State -eq 'absent') {
        if ($PSCmdlet.ShouldProcess($Target, 'remove')) { Remove-NetFirewallRule -Name $Target }
        return
    }
    $direction, $allow, $enabled, $protocol, $ports, $addresses, $group = $State -split ' '
    if ($group -ne 'Rempart') { throw "${Target}: only rules of the group Rempart are made" }
    $rule = @{
        Name = $Target; DisplayName = "Rempart: $Target"; Group = $group; Direction = $direction; Action = $allow
        Enabled = $enabled; Protocol = $protocol; RemoteAddress = $addresses -split ','; Profile = 'Any'
    }
    $rule[$(if ($direction -eq 'Inbound') { 'LocalPort' } else { 'RemotePort' })] = $ports -split ','
    if ($PSCmdlet.ShouldProcess($Target, $State)) { New-NetFirewallRule @rule | Out-Null }
}

# A default of a profile of the firewall. Target: PROFILE.SETTING. States: as Windows names them.

function Get-ProfileState([string]$Target) {
    $which, $setting = $Target -split '\.', 2
    return "$((Get-NetFirewallProfile -Name $which).$setting)"
}

function Set-ProfileState {
    [CmdletBinding(SupportsShouldProcess)]
    param([string]$Target, [string]$State)
    $which, $setting = $Target -split '\.', 2
    $wanted = @{ Name = $which; $setting = $State }
    if ($PSCmdlet.ShouldProcess($Target, $State)) { Set-NetFirewallProfile @wanted }
}

# The ports that the connection in force really uses: those that the inventory names, and what this machine itself sees.
# Behind a port that is forwarded they differ. WinRM's listeners count where somebody is connected to them now.
function Get-WayIn([int[]]$Named) {
    $deaf = @(Get-NetFirewallProfile -PolicyStore ActiveStore | Where-Object { "$($_.AllowLocalFirewallRules)" -eq 'False' })
    if ($deaf.Count -gt 0) {
        throw "A policy has the firewall ignore the machine's own rules ($($deaf.Name -join ', ')): let the way in be opened there"
    }
    $ports = @()
    $words = "$env:SSH_CONNECTION" -split ' '
    if ($words.Count -eq 4 -and $words[3] -match '^\d+$') { $ports += [int]$words[3] }
    $listening = @()
    # Asked while it does not run, WSMan: would offer to start it.
    if ("$((Get-Service WinRM -ErrorAction SilentlyContinue).Status)" -eq 'Running') {
        $listening = @(Get-ChildItem WSMan:\localhost\Listener | ForEach-Object {
                (Get-ChildItem "$($_.PSPath)" | Where-Object { $_.Name -eq 'Port' }).Value
            } | Where-Object { "$_" -match '^\d+$' } | ForEach-Object { [int]$_ })
    }
    foreach ($port in @($listening) + @($Named) | Sort-Object -Unique) {
        $used = Get-NetTCPConnection -State Established -LocalPort $port -ErrorAction SilentlyContinue
        if ($used) { $ports += $port }
    }
    if ($ports.Count -eq 0) {
        throw "No connection is seen on the ports $(@($Named) -join ', ') or on a listener of WinRM: the way in is not known, and would be cut. By hand, at the machine itself."
    }
    return @($ports) + @($Named) | Sort-Object -Unique
}
