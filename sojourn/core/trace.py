"""The trace id that ties an answer, its log lines and its audit entries together."""

from contextvars import ContextVar
from uuid import uuid4

_trace_id: ContextVar[str] = ContextVar("trace_id", default="")


def begin() -> str:
    """Start a new trace for this request or job and return its id (32 hexadecimal digits)."""
    _trace_id.set(uuid4().hex)
    return _trace_id.get()


def resume(trace_id: str) -> None:
    """Go on under the trace id that another process handed over."""
    _trace_id.set(trace_id)


def current() -> str:
    return _trace_id.get()
