"""Structured logs, one JSON object a line, with a trace id and without personal data.

Values that people typed never reach a log: a request is logged by the pattern of its address and the
names of its parameters (sojourn.web.middleware), and errors by their type and place, not their text.
"""

from collections.abc import MutableMapping

import structlog

from sojourn.core import trace


def add_trace_id(_logger, _method, event: MutableMapping) -> MutableMapping:
    if trace.current():
        event.setdefault("trace_id", trace.current())
    return event


def _place(traceback) -> str:
    code = traceback.tb_frame.f_code
    return f"{code.co_filename.rsplit('/', 3)[-1]}:{traceback.tb_lineno} {code.co_name}"


def error_without_values(_logger, _method, event: dict) -> dict:
    """Replace an exception by its types and places: its message may quote what a person typed."""
    info = event.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else info if isinstance(info, BaseException) else None
    if error is not None:
        places, step = [], error.__traceback__
        while step is not None:
            places.append(_place(step))
            step = step.tb_next
        event["error"] = type(error).__name__
        event["places"] = places[-12:]
    return event


def template_of_errors(_logger, _method, event: dict) -> dict:
    """Replace a library's sentence about an error by its template: filled in, it may quote the same."""
    if event.get("exc_info") and not event["_from_structlog"]:
        event["event"] = str(event["_record"].msg)
    return event


SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    add_trace_id,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

CHATTY = ("celery.beat", "celery.worker.strategy", "celery.app.trace", "httpx")


def configuration(*, level: str) -> dict:
    """Django's LOGGING: structlog renders our own lines and those of the libraries alike."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    template_of_errors,
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    error_without_values,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Some jobs run every second: that each was sent, received and done is told only to who asks for more.
            **{name: {"level": "WARNING" if level == "INFO" else level} for name in CHATTY},
            # It writes down which device signed.
            "fido2": {"level": "WARNING"},
            "django": {"handlers": ["stderr"], "level": level, "propagate": False},
            # Its lines quote addresses and statements; ours say the same without values.
            "django.request": {"handlers": [], "level": "CRITICAL", "propagate": False},
            "django.db.backends": {"handlers": [], "level": "CRITICAL", "propagate": False},
            "django.security.DisallowedHost": {"handlers": [], "level": "CRITICAL", "propagate": False},
        },
    }
