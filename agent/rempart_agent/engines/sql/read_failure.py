"""The failure that a read without rows comes to: in every language, where it is a sentence of ours."""

from rempart_agent.tables.read import Answer
from rempart_core.messages.readers import message_of_said
from rempart_core.model.result import Failure


def failure_of(answer: Answer) -> Failure:
    """Return the failure.

    Args:
        answer: What a table answered, of a kind; from this process or from an endpoint.
    """
    return Failure(answer.kind, answer.message, message_of_said(answer.said) if answer.said else None)
