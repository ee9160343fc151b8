"""The figures of the outbox for those who watch the node."""

from collections.abc import Iterable

from django.db import DatabaseError
from django.db.models import Count, Min
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from sojourn.core.clock import now
from sojourn.messages.models import Message
from sojourn.messages.states import READABLE, MessageStatus
from sojourn.web.health import collect_also


class OutboxFigures(Collector):
    """Read when somebody asks; one query, and while the database does not answer there are none."""

    def describe(self) -> Iterable:
        return []

    def collect(self) -> Iterable[GaugeMetricFamily]:
        rows = Message.objects.filter(status__in=sorted(READABLE)).order_by().values_list("status")
        try:
            found = {
                status: (many, first) for status, many, first in rows.annotate(Count("pk"), Min("put_at"))
            }
        except DatabaseError:
            return
        counts = GaugeMetricFamily("sojourn_messages", "Messages not sent, by status.", labels=["status"])
        for status in sorted(READABLE):
            counts.add_metric([status.value], found.get(status, (0, None))[0])
        yield counts
        first = found.get(MessageStatus.WAITING, (0, None))[1]
        age = (now() - first).total_seconds() if first else 0
        yield GaugeMetricFamily(
            "sojourn_messages_oldest_seconds", "How long the oldest message has waited.", value=age
        )


def collect_from_now_on() -> None:
    """These figures stand among the node's."""
    collect_also(OutboxFigures())
