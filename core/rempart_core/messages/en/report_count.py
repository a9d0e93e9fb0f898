"""What reports count: a number with its word."""

TEXTS = {
    "report_count.change": "{count:change|changes}",
    "report_count.check": "{count:check|checks}",
    "report_count.critical": "{count:critical|critical}",
    "report_count.day": "{count:day|days}",
    "report_count.error": "{count:error|errors}",
    "report_count.failing": "{count:failing|failing}",
    "report_count.finding": "{count:finding|findings}",
    "report_count.gap": "{count:check could not be judged|checks could not be judged}",
    "report_count.high": "{count:high|high}",
    "report_count.host": "{count:host|hosts}",
    "report_count.hour": "{count:hour|hours}",
    "report_count.info": "{count:info|info}",
    "report_count.known": "{count:known|known}",
    "report_count.low": "{count:low|low}",
    "report_count.medium": "{count:medium|medium}",
    "report_count.minute": "{count:minute|minutes}",
    "report_count.not_applicable": "{count:not applicable|not applicable}",
    "report_count.not_checked": "{count:not checked|not checked}",
    "report_count.open": "{count:finding is open|findings are open}",
    "report_count.partly": (
        "{count:finding was seen in part: it may be larger|findings were seen in part: they may be larger}"
    ),
    "report_count.pass": "{count:passed|passed}",
    "report_count.passing": "{count:passing|passing}",
    "report_count.regression": "{count:regression|regressions}",
    "report_count.result": "{count:result|results}",
    "report_count.row": "{count:row|rows}",
    "report_count.silent": "{count:host did not answer|hosts did not answer}",
    "report_count.unasked": "{count:host was not asked|hosts were not asked}",
    "report_count.undecided": "{count:undecided|undecided}",
    "report_count.unjudged": "{count:check was not judged|checks were not judged}",
    "report_count.unknown": (
        "{count:host never answered: nothing is known of it|hosts never answered: nothing is known of them}"
    ),
    "report_count.waived": "{count:waived|waived}",
}
