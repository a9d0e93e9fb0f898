"""The commands of ``rempart`` by name: what each is for; its module is imported when it is wanted.

A command is a module ``commands/NAME.py``, an action of a group ``commands/GROUP/NAME.py``, and a line here.
"""

from rempart_agent.cli.command import Commands, Group
from rempart_core.messages.message import Message

PACKAGE = "rempart_controller.commands"

COMMANDS: Commands = {
    "audit": Message("command.audit"),
    "query": Message("command.query"),
    "diff": Message("command.diff"),
    "drift": Message("command.drift"),
    "history": Message("command.history"),
    "fleet": Message("command.fleet"),
    "report": Message("command.report"),
    "risk": Message("command.risk"),
    "export": Message("command.export"),
    "verify": Message("command.verify"),
    "verify-attestation": Message("command.verify_attestation"),
    "plan": Message("command.plan"),
    "apply": Message("command.apply"),
    "rollback": Message("command.rollback"),
    "changes": Message("command.changes"),
    "schedule": Message("command.schedule"),
    "incident": Group(
        Message("command.incident"),
        Message("command.incident_about"),
        {
            "open": Message("command.incident_open"),
            "collect": Message("command.incident_collect"),
            "isolate": Message("command.incident_isolate"),
            "release": Message("command.incident_release"),
            "note": Message("command.incident_note"),
            "close": Message("command.incident_close"),
            "show": Message("command.incident_show"),
            "list": Message("command.incident_list"),
            "verify": Message("command.incident_verify"),
        },
    ),
    "registers": Group(
        Message("command.registers"),
        Message("command.registers_about"),
        {
            "init": Message("command.registers_init"),
            "add": Message("command.registers_add"),
            "pin": Message("command.registers_pin"),
            "lint": Message("command.registers_lint"),
            "due": Message("command.registers_due"),
            "forget": Message("command.registers_forget"),
        },
    ),
    "agent": Group(
        Message("command.agent"),
        Message("command.agent_about"),
        {
            "accept": Message("command.agent_accept"),
            "forget": Message("command.agent_forget"),
            "list": Message("command.agent_list"),
            "wheelhouse": Message("command.agent_wheelhouse"),
        },
    ),
    "checks": Group(
        Message("command.checks"),
        Message("command.checks_about"),
        {
            "list": Message("command.checks_list"),
            "show": Message("command.checks_show"),
            "lint": Message("command.checks_lint"),
            "test": Message("command.checks_test"),
            "coverage": Message("command.checks_coverage"),
            "new": Message("command.checks_new"),
            "import-fleet": Message("command.checks_import_fleet"),
        },
    ),
    "server": Group(
        Message("server.command"),
        Message("server.command_about"),
        {
            "init": Message("server.command_init"),
            "run": Message("server.command_run"),
            "service": Message("server.command_service"),
            "check": Message("server.command_check"),
            "backup": Message("server.command_backup"),
            "restore": Message("server.command_restore"),
            "migrate": Message("server.command_migrate"),
            "user": Message("server_account.user"),
            "token": Message("server_account.token"),
            "log": Message("server_log.command"),
            "group": Message("server_node.command_group"),
            "enrol": Message("server_node.command_enrol"),
            "secret": Message("server_node.command_secret"),
            "node": Message("server_node.command_node"),
            "hook": Message("server_job.command_hook"),
        },
        "rempart_server.commands",
    ),
    "completion": Message("command.completion"),
}
