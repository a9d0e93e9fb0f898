# Takes acts back, the last first, each only where the present is what the act left; the rest is named.

# The acts that stand, of some checks or of all, the last first; `left` names other checks that ask for one too, and
# `covered` says that an act of another fix, which stays, has set the same since: it has to be taken back before.
function Get-OpenAct([int]$First, [string[]]$Checks) {
    $open = @((Read-Journal).Values | Where-Object { $_.s -in 'intent', 'done', 'moved', 'stays' -and $_.n -ge $First })
    [Array]::Reverse($open)
    foreach ($act in $open) {
        $act.left = @()
        $act.covered = $false
        if ($Checks.Count -gt 0) {
            if (@($act.checks | Where-Object { $_ -in $Checks }).Count -eq 0) { continue }
            $act.left = @($act.checks | Where-Object { $_ -notin $Checks })
            foreach ($other in $open) {
                $same = $other.kind -eq $act.kind -and $other.target -eq $act.target -and $other.n -gt $act.n
                $stays = $other.s -in 'intent', 'done' -and @($other.checks | Where-Object { $_ -in $Checks }).Count -eq 0
                if ($same -and $stays) { $act.covered = $true }
            }
        }
        $act
    }
}

# What an undo would do, up to its first write.
function Get-Foretold([string[]]$Checks, [bool]$Force) {
    foreach ($act in Get-OpenAct 1 $Checks) {
        if ($act.left.Count -gt 0) {
            "shared: $($act.kind) $($act.target): $($act.left -join ', ') needs it"
        } else {
            try { (Get-Fate $act $Force).said } catch { "stays: $($act.kind) $($act.target): $_" }
        }
    }
}

function Invoke-Back {
    [CmdletBinding(SupportsShouldProcess)]
    param([int]$First = 1, [string[]]$Checks = @(), [bool]$Force = $false)
    $later = @()
    foreach ($act in Get-OpenAct $First $Checks) {
        if ($PSCmdlet.ShouldProcess("$($act.kind) $($act.target)", $act.before)) {
            if ($act.left.Count -gt 0) {
                Add-Line ([ordered]@{ n = $act.n; s = 'shared'; 'for' = $act.left })
                "shared: $($act.kind) $($act.target): $($act.left -join ', ') needs it"
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

# What becomes of an act: one judgement, for a dry run and for the undo itself.
function Get-Fate($Act, [bool]$Force) {
    $name = "$($Act.kind) $($Act.target)"
    if ($Act.before -eq '(secret)') { return @{ word = 'stays'; said = "gone: ${name}: it was a secret, which is never recorded" } }
    $now = Get-State $Act.kind $Act.target
    if (-not $Force -and $Act.covered) {
        return @{ word = 'moved'; said = "moved since: $name is $now, as another fix has set it; it was $($Act.before)" }
    }
    if (Test-Same $now $Act.before) {
        # A key that was made may stand there empty.
        return @{ word = $(if ($now -eq 'absent' -and $Act.before -ne 'absent') { 'back' } else { 'undone' }); said = "was back: $name" }
    }
    if (-not $Force -and -not (Test-Same $now $Act.after)) {
        return @{ word = 'moved'; said = "moved since: $name is $now; it was $($Act.before)" }
    }
    return @{ word = 'back'; said = "back: $name = $($Act.before)" }
}

function Undo-Act {
    [CmdletBinding(SupportsShouldProcess)]
    param($Act, [bool]$Force)
    $name = "$($Act.kind) $($Act.target)"
    if ($PSCmdlet.ShouldProcess($name, $Act.before)) {
        try {
            $fate = Get-Fate $Act $Force
            if ($fate.word -eq 'back') {
                Set-State $Act.kind $Act.target $Act.before
                $now = Get-State $Act.kind $Act.target
                $fate.word = 'undone'
                if (-not (Test-Same $now $Act.before)) {
                    $fate = @{ word = 'stays'; said = "stays: $name is $now; it was $($Act.before)" }
                }
            }
        } catch {
            $fate = @{ word = 'stays'; said = "stays: ${name}: $_" }
        }
        Add-Line ([ordered]@{ n = $Act.n; s = $fate.word })
        $fate.said
    }
}
