"""Four addresses for those who watch a node: alive, ready, fresh, figures."""

import time
from collections.abc import Callable, Mapping

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Gauge,
    generate_latest,
    multiprocess,
)
from prometheus_client.registry import Collector

from sojourn.web.access import Access, declared
from sojourn.web.tasks import BEAT_KEY

BEAT_AGE = Gauge(
    "sojourn_jobs_seen_seconds",
    "Seconds since the job runner was last seen; -1 if unknown.",
    multiprocess_mode="mostrecent",
)

# Figures that rooms read from the database when asked: the same in every process, so each tells them whole.
ROOMS = CollectorRegistry()


def collect_also(collector: Collector) -> None:
    """The figures of a room stand among the node's."""
    ROOMS.register(collector)


# Ages that rooms read from the database when asked, in seconds by name; None for what never was.
AGES: list[Callable[[], Mapping[str, object]]] = []


def tell_ages_of(ages: Callable[[], Mapping[str, object]]) -> None:
    """The ages of a room stand among the node's."""
    AGES.append(ages)


@declared(Access.WATCHERS)
@require_safe
def livez(_request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return JsonResponse({"alive": True})


@declared(Access.WATCHERS)
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """This process can serve: PostgreSQL answers. Redis is not needed for that."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"ready": False, "database": False}, status=503, headers={"Retry-After": "2"})
    return JsonResponse({"ready": True, "database": True, "jobs_seen_seconds": jobs_seen_seconds()})


@declared(Access.WATCHERS)
@require_safe
def freshz(_request: HttpRequest) -> HttpResponse:
    """How old what this node shows and proves is: whoever watches judges; 503 where the database cannot say."""
    told: dict[str, object] = {"jobs_seen_seconds": jobs_seen_seconds()}
    try:
        for ages in AGES:
            told |= ages()
    except DatabaseError:
        return JsonResponse({"database": False}, status=503, headers={"Retry-After": "2"})
    return JsonResponse(told)


@declared(Access.WATCHERS)
@require_safe
def metrics(_request: HttpRequest) -> HttpResponse:
    """The figures of all web processes of this machine, in Prometheus' text form."""
    seen = jobs_seen_seconds()
    BEAT_AGE.set(-1 if seen is None else seen)
    registry = REGISTRY
    if settings.PROMETHEUS_MULTIPROC_DIR:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    return HttpResponse(generate_latest(registry) + generate_latest(ROOMS), content_type=CONTENT_TYPE_LATEST)


def jobs_seen_seconds() -> int | None:
    """Seconds since a worker last ran the scheduled heartbeat, None where nobody knows."""
    seen = cache.get(BEAT_KEY)
    return None if seen is None else max(int(time.time()) - seen, 0)
