# Takes acts back, the last first, each only where the present is what the act left; the rest is named.

function Invoke-Back {
    [CmdletBinding(SupportsShouldProcess)]
    param([int]$First = 1, [string[]]$Checks = @(), [bool]$Force = $false)
    $later = @()
    $open = @((Read-Journal).Values | Where-Object { $_.s -in 'intent', 'done', 'moved', 'stays' -and $_.n -ge $First })
    [Array]::Reverse($open)
    foreach ($act in $open) {
        $left = @()
        if ($Checks.Count -gt 0) {
            if (@($act.checks | Where-Object { $_ -in $Checks }).Count -eq 0) { continue }
            $left = @($act.checks | Where-Object { $_ -notin $Checks })
        }
        if ($PSCmdlet.ShouldProcess("$($act.kind) $($act.target)", $act.before)) {
            if ($left.Count -gt 0) {
                Add-Line ([ordered]@{ n = $act.n; s = 'shared'; 'for' = $left })
                "stays: $($act.kind) $($act.target): $($left -join ', ') needs it"
                continue
            }
            $word = Undo-Act $act $Force
            if ($word -like 'stays:*' -and $act.kind -eq 'policy') { $later += , $act } else { $word }
        }
    }
    # A key of the lockout goes with LockoutBadCount, which was set first and is taken back last.
    foreach ($act in $later) {
        if ($PSCmdlet.ShouldProcess("$($act.kind) $($act.target)", $act.before)) { Undo-Act $act $Force }
    }
}

function Undo-Act {
    [CmdletBinding(SupportsShouldProcess)]
    param($Act, [bool]$Force)
    $name = "$($Act.kind) $($Act.target)"
    if ($PSCmdlet.ShouldProcess($name, $Act.before)) {
        $word = 'undone'
        $said = "back: $name"
        try {
            $now = Get-State $Act.kind $Act.target
            if ($Act.before -eq '(secret)') {
                $word = 'stays'
                $said = "gone: ${name}: it was a secret, which is never recorded"
            } elseif (Test-Same $now $Act.before) {
                $said = "was back: $name"
            } elseif (-not $Force -and -not (Test-Same $now $Act.after)) {
                $word = 'moved'
                $said = "moved since: $name is $now; it was $($Act.before)"
            } else {
                Set-State $Act.kind $Act.target $Act.before
                $now = Get-State $Act.kind $Act.target
                if (-not (Test-Same $now $Act.before)) {
                    $word = 'stays'
                    $said = "stays: $name is $now; it was $($Act.before)"
                }
            }
        } catch {
            $word = 'stays'
            $said = "stays: ${name}: $_"
        }
        Add-Line ([ordered]@{ n = $Act.n; s = $word })
        $said
    }
}
