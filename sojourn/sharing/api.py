"""The door for other nodes: feeds, heads, pings and the registry; every request proves who sends it."""

from collections.abc import Callable
from dataclasses import asdict
from functools import wraps

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from sojourn.core.announce import after_commit
from sojourn.core.refusals import NotVisible, Refusal
from sojourn.sharing.errors import FeedMovedOn, PageNotThere, SharingRefused, SnapshotNotReady
from sojourn.sharing.protocol import batches, requests
from sojourn.sharing.protocol.pages import FeedName
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.services import pulling, reconciling, snapshots
from sojourn.sharing.services.heads import answer_to_heads, look_at_heads
from sojourn.sharing.services.membership import live_registry, registry_text
from sojourn.sharing.services.serving import admit, own_feed_for, page_for, pages_for, put_on_record, refuse
from sojourn.web.access import Access, declared
from sojourn.web.envelope import MethodNotAllowed, problem

PAGE_TYPE, PAGES_TYPE = "application/vnd.sojourn.page", "application/vnd.sojourn.pages"


def peers_only(method: str, asked: str) -> Callable:
    """Let in whoever signed this very request with a node's key, and put every refusal on record."""

    def decorate(view: Callable) -> Callable:
        @csrf_exempt
        @declared(Access.PEERS)
        @wraps(view)
        def answered(request: HttpRequest, **words) -> HttpResponse:
            if request.method != method:
                return problem(MethodNotAllowed())
            try:
                return view(request, _node_of(request, asked), **words)
            except Refused as refusal:
                return problem(SharingRefused(refusal.reason))
            except Refusal as refusal:
                return problem(refusal)

        return answered

    return decorate


def _node_of(request: HttpRequest, asked: str) -> str:
    url = request.build_absolute_uri()
    headers = dict(request.headers.items())
    try:
        if _length_of(request) > requests.MOST_BODY:
            raise Refused(Reason.TOO_LARGE)
        return admit(requests.Request(request.method or "", url, headers, request.body))
    except Refused as refusal:
        refuse(node="", asked=asked, reason=refusal.reason)
        raise


def _length_of(request: HttpRequest) -> int:
    """The length that the request says its body has, before any of it is read."""
    told = request.headers.get("Content-Length", "")
    return int(told) if told.isascii() and told.isdigit() else 0


@peers_only("GET", "page")
def page(
    _request: HttpRequest, node: str, *, owner: str, resource: str, audience: str, **place: int
) -> HttpResponse:
    """One page, as it was signed."""
    found = page_for(node, FeedName(owner, resource, audience), place["epoch"], place["no"])
    if found is None:
        raise PageNotThere
    return HttpResponse(found, content_type=PAGE_TYPE)


@peers_only("POST", "page")
def pages(request: HttpRequest, node: str) -> HttpResponse:
    """What follows the places that the body names, as many pages as one answer holds, as they were signed."""
    try:
        asked = batches.asked_of(request.body)
    except Refused as refusal:
        refuse(node=node, asked="page", reason=refusal.reason)
    found = pages_for(node, asked, at_most=batches.MOST_BYTES)
    return HttpResponse(batches.joined(found), content_type=PAGES_TYPE)


@peers_only("GET", "snapshot")
def snapshot(_request: HttpRequest, node: str, *, owner: str, resource: str, audience: str) -> HttpResponse:
    """What a snapshot of the whole feed holds, signed; it is kept for a while, for its pieces to be fetched."""
    name = FeedName(owner, resource, audience)
    feed = own_feed_for(node, name, asked="snapshot")
    found = snapshots.snapshot_or_job(feed_id=feed.pk)
    if found is None:
        raise SnapshotNotReady
    return HttpResponse(snapshots.told(found), content_type="text/plain; charset=utf-8")


@peers_only("GET", "snapshot")
def snapshot_piece(
    _request: HttpRequest, node: str, *, owner: str, resource: str, audience: str, **place: int
) -> HttpResponse:
    """One pack of entries of a snapshot that is kept."""
    name = FeedName(owner, resource, audience)
    own_feed_for(node, name, asked="snapshot")
    found = snapshots.piece_for(name, place["epoch"], place["no"], place["piece"])
    if found is None:
        raise PageNotThere
    return HttpResponse(found, content_type=PAGE_TYPE)


@peers_only("GET", "digest")
def digest(
    _request: HttpRequest, node: str, *, owner: str, resource: str, audience: str, **place: int
) -> HttpResponse:
    """How much the feed holds as of a page, and a digest of each bucket of it."""
    feed = own_feed_for(node, FeedName(owner, resource, audience), asked="digest")
    found = reconciling.figures_of(feed_id=feed.pk, **place)
    if found is None:
        raise FeedMovedOn
    return HttpResponse(orjson.dumps(asdict(found)), content_type="application/json")


@peers_only("GET", "digest")
def bucket(
    _request: HttpRequest, node: str, *, owner: str, resource: str, audience: str, **place: int
) -> HttpResponse:
    """Ids and versions in one bucket of the feed, as of a page."""
    feed = own_feed_for(node, FeedName(owner, resource, audience), asked="digest")
    found = reconciling.rows_of_bucket(feed_id=feed.pk, **place)
    if found is None:
        raise FeedMovedOn
    return HttpResponse(orjson.dumps({"rows": found}), content_type="application/json")


@peers_only("POST", "heads")
def heads(request: HttpRequest, node: str) -> HttpResponse:
    """Our heads for theirs."""
    registry = live_registry()
    told = _told(request)
    _look_at(told, node, "heads")
    put_on_record(node=node, asked="heads")
    answer = {"node": settings.NODE, "registry": registry.edition, **answer_to_heads(node, told)}
    return HttpResponse(orjson.dumps(answer), content_type="application/json")


@peers_only("POST", "ping")
def ping(request: HttpRequest, node: str) -> HttpResponse:
    """Something is new at that node: it is asked soon."""
    _look_at(_told(request), node, "ping")
    pulling.poke(node)
    after_commit("sojourn.sharing.tasks.pull", node)
    return HttpResponse(b"{}", content_type="application/json")


def _look_at(told: object, node: str, asked: str) -> None:
    try:
        look_at_heads(told, shown_by=node, registry=live_registry())
    except Refused as refusal:
        refuse(node=node, asked=asked, reason=refusal.reason)


def _told(request: HttpRequest) -> object:
    try:
        facts = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return None
    return facts.get("heads") if isinstance(facts, dict) else None


@csrf_exempt
@declared(Access.PUBLIC)
def keys(request: HttpRequest) -> HttpResponse:
    """The member registry with its signatures: whoever holds the registrars' keys can check every page."""
    if request.method not in {"GET", "HEAD"}:
        return problem(MethodNotAllowed())
    try:
        return HttpResponse(registry_text(), content_type="text/plain; charset=utf-8")
    except Refusal:
        return problem(NotVisible())
