"""Forms as browsers send them: small, URL-encoded, and read once for the check of their CSRF token and the handler."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from rempart_server.limits import read_body

MOST = 64 * 1024
"""Bytes of a form."""
_FIELDS = 200
_TYPE = "application/x-www-form-urlencoded"


class FormError(Exception):
    """It can't be decoded."""


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form, of those that stand twice the last one; none where the body is no form.

    Args:
        request: Read once; a second call returns the same.

    Raises:
        FormError: It can't be decoded.
        TooLarge: It is no form of ours; what else a body may be: see ``limits.read_body``.
    """
    known: dict[str, str] | None = getattr(request.state, "form", None)
    if known is not None:
        return known
    fields: dict[str, str] = {}
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == _TYPE:
        body = await read_body(request, MOST)
        try:
            fields = dict(
                parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_FIELDS, errors="strict")
            )
        except ValueError as error:
            raise FormError from error
        if any("\0" in text for field in fields.items() for text in field):  # PostgreSQL has no such text
            raise FormError
    request.state.form = fields
    return fields
