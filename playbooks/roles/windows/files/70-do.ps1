# Does what a check asks for, act by act, each recorded before it is done.

function Get-Plan($Specs) {
    foreach ($spec in $Specs) {
        if ($spec.kind -eq 'way') {
            foreach ($port in Get-WayIn @($spec.ports)) {
                $name = "rempart-way-in-tcp-$port"
                $now = Get-RuleState $name
                if ($now -notlike 'absent' -and $now -notlike "Inbound Allow True TCP $port Any Rempart") {
                    throw "The rule $name is not as Rempart made it ($now): remove it, or mend it by hand"
                }
                @{ kind = 'rule'; target = $name; now = $now; wanted = "Inbound Allow True TCP $port Any Rempart"; secret = $false }
            }
            continue
        }
        $now = Get-State $spec.kind $spec.target
        if ($spec.kind -eq 'rule' -and $now -ne 'absent') {
            # Its name says all of it; Windows tells its addresses in its own words.
            $as = ($spec.wanted -split ' ')[0..4] -join ' '
            if (-not $now.StartsWith("$as ") -or -not $now.EndsWith(' Rempart')) {
                throw "The rule $($spec.target) is not as Rempart made it ($now): remove it, or mend it by hand"
            }
            continue
        }
        if ($spec.from -and @($spec.from) -notcontains $now) { continue }
        if ($spec.present -and (Test-Same $now 'absent')) { continue }
        $wanted = $spec.wanted
        if (@($spec.also | Where-Object { $null -ne $_ -and (Test-Same $now $_) }).Count -gt 0) { $wanted = $now }
        if ($null -ne $spec.least -and $now -match '^(DWord:)?(-?\d+)$') {
            if ([long]$Matches[2] -ge $spec.least -and [long]$Matches[2] -le $spec.most) { $wanted = $now }
        }
        if ($now -match '^(None|Unknown):') { throw "$($spec.target) is of a kind that could not be put back" }
        @{ kind = $spec.kind; target = $spec.target; now = $now; wanted = $wanted; secret = [bool]$spec.secret }
    }
}

function Invoke-Do {
    [CmdletBinding(SupportsShouldProcess)]
    param()
    $plan = @(Get-Plan (ConvertFrom-Json $Acts))
    $open = @($plan | Where-Object { -not (Test-Same $_.now $_.wanted) })
    $Ansible.Changed = $open.Count -gt 0
    $Ansible.Diff = @{
        before = ($open | ForEach-Object { "$($_.kind) $($_.target) = $(if ($_.secret) { '(secret)' } else { $_.now })" }) -join "`n"
        after = ($open | ForEach-Object { "$($_.kind) $($_.target) = $($_.wanted)" }) -join "`n"
    }
    if ($open.Count -eq 0 -and -not [IO.Directory]::Exists($folder)) { return }
    if ($PSCmdlet.ShouldProcess($Check, 'do')) {
        New-Folder
        $lock = Open-Lock
        try {
            if ([IO.File]::Exists([IO.Path]::Combine($folder, 'undone'))) { throw "the change $Change was rolled back" }
            if (@($open | Where-Object { Test-Cutting $_.kind $_.target }).Count -gt 0 -and -not (Test-Guard)) {
                throw "$Check may cut the way in, and no guard is armed: nothing was changed"
            }
            Add-Share $plan
            Invoke-Open $open
        } finally {
            $lock.Dispose()
        }
    }
}

# What another check of this change has set already is asked for by two: it stays until both are undone.
function Add-Share {
    [CmdletBinding(SupportsShouldProcess)]
    param($Plan)
    foreach ($act in (Read-Journal).Values) {
        if ($act.s -ne 'done' -or $act.checks -contains $Check) { continue }
        $same = @($Plan | Where-Object { $_.kind -eq $act.kind -and $_.target -eq $act.target -and (Test-Same $_.now $_.wanted) })
        if ($same.Count -gt 0 -and $PSCmdlet.ShouldProcess("$($act.kind) $($act.target)", 'share')) {
            Add-Line ([ordered]@{ n = $act.n; s = 'shared'; 'for' = @($act.checks) + $Check })
        }
    }
}

# A key that another act of this change has made, and that stands: without this change there would be none.
function Get-Before($Act) {
    $before = $Act.now
    if ($Act.kind -ne 'registry' -or ($before -ne 'absent' -and $before -notlike 'no key since *')) { return $before }
    $path = (($Act.target -split '::', 2)[0] + '\').ToLower()
    foreach ($other in (Read-Journal).Values) {
        if ($other.kind -ne 'registry' -or $other.s -notin 'intent', 'done', 'moved', 'stays') { continue }
        if ($other.before -notmatch '^no key since (.+)$') { continue }
        if (-not $path.StartsWith($Matches[1].ToLower() + '\')) { continue }
        if ($before -eq 'absent' -or $other.before.Length -lt $before.Length) { $before = $other.before }
    }
    return $before
}

function Invoke-Open {
    [CmdletBinding(SupportsShouldProcess)]
    param($Open)
    $number = @((Read-Journal).Keys).Count
    $first = $number + 1
    try {
        foreach ($act in $Open) {
            $number++
            if ($PSCmdlet.ShouldProcess("$($act.kind) $($act.target)", $act.wanted)) {
                $before = if ($act.secret) { '(secret)' } else { Get-Before $act }
                Add-Line ([ordered]@{
                        v = 1; n = $number; s = 'intent'; kind = $act.kind; target = $act.target; before = $before
                        after = $act.wanted; 'for' = @($Check); at = [DateTime]::UtcNow.ToString('s')
                    })
                Set-State $act.kind $act.target $act.wanted
                $came = Get-State $act.kind $act.target
                # Windows tells an address of a rule in its own words; anything else is as it was set.
                if (-not (Test-Same $came $act.wanted) -and ($act.kind -ne 'rule' -or $came -eq 'absent')) {
                    throw "$($act.kind) $($act.target) is $came after it was set to $($act.wanted): a policy, tamper protection or Windows itself holds it"
                }
                Add-Line ([ordered]@{ n = $number; s = 'done'; after = $came })
            }
        }
    } catch {
        $why = "$_"
        $back = @(Invoke-Back -First $first -Checks @($Check) -Force $false)
        throw "$Check is taken back ($($back -join '; ')): $why"
    }
}
