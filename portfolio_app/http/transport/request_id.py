"""The id that ties an answer, a log line and a trace together."""

import secrets

from opentelemetry import trace


def current_request_id() -> str:
    """The id of the current trace, or a new one: 32 hex digits either way."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else secrets.token_hex(16)
