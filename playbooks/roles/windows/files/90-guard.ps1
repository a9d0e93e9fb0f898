# The guard: a scheduled task as SYSTEM, once after some minutes and at each start, that undoes the change unless it is
# taken away. It is tried before anything depends on it: where it does not run, nothing is changed.

function Test-Guard {
    if (-not [IO.File]::Exists([IO.Path]::Combine($folder, 'armed'))) { return $false }
    $task = Get-ScheduledTask -TaskPath '\Rempart\' -TaskName $Change -ErrorAction SilentlyContinue
    return $null -ne $task -and "$($task.State)" -ne 'Disabled'
}

function Invoke-Arm {
    [CmdletBinding(SupportsShouldProcess)]
    param()
    $file = [IO.Path]::Combine($folder, 'program.ps1')
    # A policy may forbid script files, to SYSTEM too: text that is made a block is none. Tried below in any case.
    $text = '-NoProfile -NonInteractive -Command "& ([ScriptBlock]::Create([IO.File]::ReadAllText(''{0}''))) -Action undo -Change {1} -By timer"'
    $at = (Get-Date).AddSeconds($Seconds)
    $task = @{
        TaskPath = '\Rempart\'
        TaskName = $Change
        Action = New-ScheduledTaskAction -Execute "$env:SystemRoot\System32\WindowsPowerShell\v1.0\powershell.exe" -Argument ($text -f $file, $Change)
        Trigger = (New-ScheduledTaskTrigger -Once -At $at), (New-ScheduledTaskTrigger -AtStartup)
        Principal = New-ScheduledTaskPrincipal -UserId 'S-1-5-18' -LogonType ServiceAccount -RunLevel Highest
        # As it comes, a task neither starts on batteries nor makes good a start that was missed.
        Settings = New-ScheduledTaskSettingsSet -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -StartWhenAvailable
    }
    if ($PSCmdlet.ShouldProcess($Change, 'arm the guard')) {
        $Ansible.Changed = $true
        New-Folder
        $lock = Open-Lock
        try {
            if ([IO.File]::Exists([IO.Path]::Combine($folder, 'undone'))) { throw "the change $Change was rolled back" }
            [IO.File]::WriteAllText($file, $Program)
            [IO.File]::WriteAllText([IO.Path]::Combine($folder, 'trial'), '')
            Register-ScheduledTask @task -Force | Out-Null
        } finally {
            $lock.Dispose()
        }
        Start-ScheduledTask -TaskPath '\Rempart\' -TaskName $Change
        for ($try = 0; $try -lt 60 -and [IO.File]::Exists([IO.Path]::Combine($folder, 'trial')); $try++) { Start-Sleep -Seconds 1 }
        if ([IO.File]::Exists([IO.Path]::Combine($folder, 'trial'))) {
            Unregister-ScheduledTask -TaskPath '\Rempart\' -TaskName $Change -Confirm:$false
            throw 'The task that would roll back the change does not run on this machine: what can cut off access is left to people'
        }
        [IO.File]::WriteAllText([IO.Path]::Combine($folder, 'armed'), '')
    }
}

function Invoke-Confirm {
    [CmdletBinding(SupportsShouldProcess)]
    param()
    $Ansible.Result = @{ state = 'open' }
    if (-not [IO.Directory]::Exists($folder)) { return }
    if ($PSCmdlet.ShouldProcess($Change, 'keep')) {
        $lock = Open-Lock
        try {
            if ([IO.File]::Exists([IO.Path]::Combine($folder, 'undone'))) {
                $Ansible.Result = @{ state = 'undone' }
                return
            }
            Remove-Guard
            $Ansible.Changed = $true
        } finally {
            $lock.Dispose()
        }
    }
}

function Remove-Guard {
    [CmdletBinding(SupportsShouldProcess)]
    param()
    if ($PSCmdlet.ShouldProcess($Change, 'take the guard away')) {
        [IO.File]::Delete([IO.Path]::Combine($folder, 'armed'))
        $task = Get-ScheduledTask -TaskPath '\Rempart\' -TaskName $Change -ErrorAction SilentlyContinue
        if ($task) { Unregister-ScheduledTask -TaskPath '\Rempart\' -TaskName $Change -Confirm:$false }
    }
}

function Invoke-Undo {
    [CmdletBinding(SupportsShouldProcess)]
    param()
    if (-not [IO.Directory]::Exists($folder)) { throw "there is no change $Change on this machine" }
    $which = @(ConvertFrom-Json $Checks | ForEach-Object { $_ })
    $short = '^(stays|gone|moved since):'
    if ($PSCmdlet.ShouldProcess($Change, 'undo')) {
        $lock = Open-Lock
        try {
            $trial = [IO.Path]::Combine($folder, 'trial')
            if ($By -eq 'timer' -and [IO.File]::Exists($trial)) {
                [IO.File]::Delete($trial)
                return
            }
            # At a start of the machine not all services are there yet.
            for ($try = 0; $try -lt 10; $try++) {
                $said = @(Invoke-Back -Checks $which -Force $Force)
                $stays = @($said | Where-Object { $_ -match '^stays:' }).Count -gt 0
                if ($By -ne 'timer' -or -not $stays) { break }
                Start-Sleep -Seconds 30
            }
            $Ansible.Changed = $said.Count -gt 0
            $Ansible.Result = @{ acts = $said; left = @($said | Where-Object { $_ -match $short }) }
            if ($which.Count -eq 0) {
                [IO.File]::WriteAllText([IO.Path]::Combine($folder, 'undone'), "$By`n$($said -join "`n")`n")
                if ($By -ne 'timer' -or -not $stays) { Remove-Guard }
            }
        } finally {
            $lock.Dispose()
        }
    } else {
        $said = @(Get-Foretold $which $Force)
        $Ansible.Changed = $said.Count -gt 0
        $Ansible.Result = @{ acts = $said; left = @($said | Where-Object { $_ -match $short }) }
    }
}

switch ($Action) {
    'do' { Invoke-Do }
    'arm' { Invoke-Arm }
    'confirm' { Invoke-Confirm }
    'undo' { Invoke-Undo }
    'accounts' { $Ansible.Result = Get-Account }
    'show' { $Ansible.Result = @{ acts = @((Read-Journal).Values | ForEach-Object { "$($_.s) $($_.kind) $($_.target): $($_.before) -> $($_.after) ($($_.checks -join ', '))" }) } }
}
