"""The registry of members as this node holds it, its own keys, and the feeds that follow from both."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from sojourn.core.actors import SYSTEM
from sojourn.core.clock import now
from sojourn.core.trail import record
from sojourn.sharing import catalogue
from sojourn.sharing.catalogue import Resource
from sojourn.sharing.errors import SharingNotSetUp
from sojourn.sharing.models import Cursor, Feed, FeedHead, Heartbeat, Peer, RegistryEdition
from sojourn.sharing.protocol import registry as documents
from sojourn.sharing.protocol.pages import Signature
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.protocol.registry import Registry
from sojourn.sharing.services.alarms import close_alarms, raise_alarm
from sojourn.sharing.services.looking_after import stand_by_registry
from sojourn.sharing.vault import Vault

REGISTRY_FILE = "registry file"


def vault() -> Vault:
    """Where this node's keys and watermarks lie."""
    if not settings.VAULT:
        raise SharingNotSetUp
    return Vault(Path(settings.VAULT))


def request_key() -> str:
    """The name of the key with which this node signs its requests."""
    names = vault().key_names(f"node-{settings.NODE}")
    if not names:
        raise SharingNotSetUp
    return names[-1]


def live_registry() -> Registry:
    """The newest edition taken here; Refused with REGISTRY_EXPIRED once its time is over."""
    held = RegistryEdition.objects.order_by("-edition").values_list("document", flat=True).first()
    if held is None:
        raise SharingNotSetUp
    found = _registry_of(bytes(held))
    if found.expires_at <= now():
        raise Refused(Reason.REGISTRY_EXPIRED)
    return found


@lru_cache(maxsize=4)
def _registry_of(document: bytes) -> Registry:
    return documents.read(document)


def registry_text() -> bytes:
    """The newest edition as it goes over the wire: the document, then a line for each signature."""
    held = RegistryEdition.objects.order_by("-edition").first()
    if held is None:
        raise SharingNotSetUp
    return bytes(held.document) + b"\n" + bytes(held.signatures)


def load_registry() -> int:
    """The registry file that this node was set up with is taken, if it is newer; the edition that counts now.

    A file that cannot be believed is an alarm and changes nothing; an older one than peers gave us is none.
    """
    if not settings.REGISTRY:
        return 0
    try:
        edition = take_registry(Path(settings.REGISTRY).read_bytes())
    except Refused as refusal:
        if refusal.reason != Reason.REGISTRY_OLDER:
            raise_alarm(reason=refusal.reason, subject=REGISTRY_FILE)
        return RegistryEdition.objects.aggregate(newest=Max("edition"))["newest"] or 0
    close_alarms(subject=REGISTRY_FILE)
    return edition


@transaction.atomic
def take_registry(text: bytes) -> int:
    """The edition in these bytes counts from now on, if enough registrars signed it; an older one never does.

    The number of the edition that counts now. Refused, with an alarm, where it cannot be believed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sharing_registryedition'))")
    newest = RegistryEdition.objects.order_by("-edition").first()
    document, _, rest = text.partition(b"\n")
    if newest is not None and bytes(newest.document) == document:
        return newest.edition
    signatures = [_signature_of(line) for line in rest.splitlines()]
    registry = documents.registry_of(
        document,
        signatures,
        registrars=settings.REGISTRARS,
        needed=settings.REGISTRARS_NEEDED,
        at=now(),
        held=newest.edition if newest else 0,
    )
    if newest is not None and registry.edition == newest.edition:
        raise Refused(Reason.REGISTRY_FORKED, "another of this edition")
    row = RegistryEdition.objects.create(
        edition=registry.edition,
        document=document,
        signatures=rest,
        issued_at=registry.issued_at,
        expires_at=registry.expires_at,
    )
    record(action="registry.taken", actor=SYSTEM, subject=row, edition=registry.edition)
    _know_peers(registry)
    return registry.edition


def _signature_of(line: bytes) -> Signature:
    try:
        facts = orjson.loads(line)
        return Signature(str(facts["suite"]), str(facts["key"]), bytes.fromhex(facts["value"]))
    except (ValueError, KeyError, TypeError):
        raise Refused(Reason.BAD_REGISTRY, "signature") from None


def _know_peers(registry: Registry) -> None:
    """Every other node of the registry is a peer at the address it names there; who is in it no more is none."""
    for node in registry.nodes:
        if node.name != settings.NODE:
            Peer.objects.update_or_create(
                node=node.name,
                defaults={"address": node.address},
                create_defaults={
                    "address": node.address,
                    "members": list(node.members),
                    "next_poll_at": now(),
                },
            )
    stand_by_registry(listed={node.name: node.members for node in registry.nodes}, edition=registry.edition)


# --- the feeds that follow ----------------------------------------------------------------------------
def open_feeds() -> int:
    """Every feed that this node writes or follows stands, by the catalogue and the registry; how many are new.

    A new feed of our own begins with what stands already: it is marked as if it changed just now.
    """
    opened = 0
    elsewhere, here = list(_followed_members()), settings.HOSTED_PROVINCES
    for member in here:
        for resource in catalogue.resources():
            for audience in _audiences(resource, elsewhere):
                opened += _open_own(member, resource, audience)
    for member in elsewhere:
        opened += _follow(member)
    return opened


def _audiences(resource: Resource, members: Iterable[str]) -> tuple[str, ...]:
    """For whom the feeds of a resource are, as far as these members are meant: pages go between nodes alone."""
    if resource.addressed_by:
        return tuple(map(catalogue.audience_of, members))
    return resource.audiences


def _followed_members() -> Iterable[str]:
    nodes = live_registry().nodes if RegistryEdition.objects.exists() else ()
    return (m for node in nodes if node.name != settings.NODE for m in node.members)


@transaction.atomic
def _open_own(member: str, resource: Resource, audience: str) -> int:
    if Feed.objects.named(member, resource.name, audience).exists():
        return 0
    table = connection.ops.quote_name(resource.model._meta.db_table)
    with connection.cursor() as cursor:
        # Whoever writes meanwhile would see no feed to mark for, and we would not see what he wrote.
        cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        feed, is_new = Feed.objects.get_or_create(
            owner=member, resource=resource.name, audience=audience, defaults={"is_own": True}
        )
        if not is_new:
            return 0
        FeedHead.objects.create(feed=feed)
        cursor.execute(
            "INSERT INTO sharing_marker (feed_id, entity, version)"
            f" SELECT %s, id, version FROM {table} WHERE {resource.shape.whose()} ORDER BY id",
            [feed.pk, *resource.shape.of_feed(member, audience)],
        )
    record(action="feed.opened", actor=SYSTEM, subject=feed, owner=member, resource=resource.name)
    return 1


@transaction.atomic
def _follow(member: str) -> int:
    new = 0
    for resource in catalogue.resources():
        for audience in _audiences(resource, settings.HOSTED_PROVINCES):
            feed, is_new = Feed.objects.get_or_create(
                owner=member, resource=resource.name, audience=audience, defaults={"is_own": False}
            )
            if is_new:
                Cursor.objects.create(feed=feed)
                record(action="feed.followed", actor=SYSTEM, subject=feed, owner=member)
                new += 1
    return new


def warn_of_expiry(*, days: int) -> None:
    """There is an alarm while the registry is within so many days of its end, and none otherwise."""
    newest = RegistryEdition.objects.order_by("-edition").first()
    if newest is None:
        return
    left = (newest.expires_at - now()).days
    if left < days:
        raise_alarm(reason="registry_expires", subject="registry", detail=f"{left}")
    else:
        close_alarms(subject="registry", reasons=("registry_expires",))


@transaction.atomic
def beat_hearts() -> None:
    """Each hosted member's heartbeat shows the present moment."""
    for member in settings.HOSTED_PROVINCES:
        Heartbeat.objects.update_or_create(owner=member, defaults={"beaten_at": now()})
