"""Two nodes, a grant between two of their members, and what a test does with a resident of one at the other."""

from datetime import timedelta

from django.db import connection, transaction

from residents.consents.models import EXTRACTS
from sojourn.core.clock import now, today
from sojourn.sharing import catalogue
from sojourn.sharing.models import DataApplication, Grant, Page
from sojourn.sharing.protocol import pages
from sojourn.sharing.states import ApplicationStatus, Purpose
from tests.factories.accounts import UserFactory
from tests.sharing.exchange import pull_all, seal_all

HOME, AWAY = "440000", "500000"


@transaction.atomic
def a_grant(owner: str = HOME, to: str = AWAY, resource: str = EXTRACTS) -> Grant:
    """One member may have what another shares of its residents, as far as each of them is asked or a law says so."""
    shape = catalogue.known(resource).shape
    terms = {
        "owner": owner,
        "resource": resource,
        "purpose": Purpose.PUBLIC_SERVICE,
        "fields": list(shape.names),
        "ground": "合作协议第六条",
    }
    application = DataApplication.objects.create(
        **terms,
        applicant=to,
        expires_on=today() + timedelta(days=300),
        reason="旅居养老服务",
        status=ApplicationStatus.GRANTED,
        submitted_at=now(),
        submitted_by=UserFactory().pk,
        due_on=today(),
        decided_at=now(),
        decided_by=UserFactory().pk,
    )
    return Grant.objects.create(
        **terms,
        to=to,
        application=application,
        valid_from=today(),
        valid_to=today() + timedelta(days=300),
        granted_at=now(),
    )


def travel(network, writer: str = "44", reader: str = "50") -> None:
    """What one node has to say is sealed, and the other has it."""
    with network[writer]:
        seal_all()
    pull_all(network[reader], writer)


def lines(resource: str = EXTRACTS) -> list[bytes]:
    """Every line of every page of a resource that the running node keeps."""
    kept = Page.objects.filter(feed__resource=resource).order_by("pk")
    return [line for page in kept for line in pages.lines_of(pages.unframed(page.content))]


def unpacked() -> str:
    """Every line of every page that the running node keeps, of whatever resource."""
    kept = (pages.lines_of(pages.unframed(page.content)) for page in Page.objects.order_by("pk"))
    return "\n".join(line.decode() for found in kept for line in found)


def bodies(resource: str = EXTRACTS) -> list[str]:
    """The ids of entities of which a body is kept in some page."""
    entries = map(pages.entry_of, lines(resource))
    return [entry.entity.partition(":")[2] for entry in entries if entry.body is not None]


def statement(sql: str, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
