"""Where ``rempart`` begins; see ``rempart_agent.entry``."""

from rempart_agent.entry import enter


def main() -> int:
    """Run the command and return its exit status."""
    return enter("rempart_controller.commands.main")
