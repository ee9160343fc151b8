"""Steps at the requests: whatever is not signed by a listed node, for this node, now and once, is refused."""

from dataclasses import replace
from datetime import timedelta

from sojourn.core.clock import now
from sojourn.sharing.conformance.door import NO_HEADS
from sojourn.sharing.conformance.visit import Visit
from sojourn.sharing.protocol.reasons import Reason
from sojourn.sharing.protocol.requests import MOST_BODY
from sojourn.sharing.protocol.suites import SUITES

FORBIDDEN = 403
SUITE = SUITES["ed25519"]
NOBODY = "nobody-1"
NO_HEADERS = (b'{"heads":"all"}', b'{"heads":[1]}', b'{"heads":[{"header":"x"}]}', b"[]", b"{", b"")


def unsigned_is_refused(visit: Visit) -> str:
    """A request without a signature is refused at every address that asks for one."""
    for method, path, body in (
        ("POST", "/heads/", NO_HEADS),
        ("POST", "/ping/", NO_HEADS),
        ("GET", "/feeds/000000/none/all/pages/1/1/", b""),
    ):
        answer = visit.door.send(visit.door.plain(method, path, body))
        answer.expect_refused(FORBIDDEN, Reason.NOT_SIGNED)
    return "3 addresses"


def wrong_target_is_refused(visit: Visit) -> str:
    """A request signed for another node is refused."""
    visit.door.heads(target=f"not-{visit.node}").expect_refused(FORBIDDEN, Reason.WRONG_TARGET)
    return ""


def wrong_time_is_refused(visit: Visit) -> str:
    """A request signed an hour ago or an hour ahead is refused."""
    for hours in (-1, 1):
        at = now() + timedelta(hours=hours)
        visit.door.heads(at=at).expect_refused(FORBIDDEN, Reason.WRONG_TIME)
    return "an hour off, both ways"


def wrong_body_is_refused(visit: Visit) -> str:
    """A body other than the signed digest says is refused."""
    request = visit.door.signed("POST", "/heads/", NO_HEADS)
    answer = visit.door.send(replace(request, body=NO_HEADS + b" "))
    answer.expect_refused(FORBIDDEN, Reason.WRONG_BODY)
    return ""


def wrong_path_is_refused(visit: Visit) -> str:
    """A signature for one address opens no other."""
    request = visit.door.signed("POST", "/ping/", NO_HEADS)
    answer = visit.door.send(replace(request, url=request.url.replace("/ping/", "/heads/")))
    answer.expect_refused(FORBIDDEN, Reason.BAD_SIGNATURE)
    return ""


def unknown_key_is_refused(visit: Visit) -> str:
    """A key that the registry does not list opens nothing."""
    answer = visit.door.heads(key=NOBODY, private=SUITE.new_key())
    answer.expect_refused(FORBIDDEN, Reason.UNKNOWN_KEY)
    return ""


def forged_key_is_refused(visit: Visit) -> str:
    """A listed key's name under a signature of another key opens nothing."""
    visit.door.heads(private=SUITE.new_key()).expect_refused(FORBIDDEN, Reason.BAD_SIGNATURE)
    return ""


def replay_is_refused(visit: Visit) -> str:
    """A request that was answered is refused the second time."""
    request = visit.door.signed("POST", "/heads/", NO_HEADS)
    visit.door.send(request).expect_object()
    visit.door.send(request).expect_refused(FORBIDDEN, Reason.REPLAYED)
    return ""


def oversized_request_is_refused(visit: Visit) -> str:
    """A body beyond the limit is refused, well signed as it is."""
    visit.door.heads(NO_HEADS + b" " * MOST_BODY).expect_refused(FORBIDDEN, Reason.TOO_LARGE)
    return f"{MOST_BODY + len(NO_HEADS)} bytes"


def malformed_heads_are_refused(visit: Visit) -> str:
    """What is no list of heads is refused, and the node stands."""
    for body in NO_HEADERS:
        visit.door.heads(body).expect_refused(FORBIDDEN, Reason.BAD_HEADER)
    return f"{len(NO_HEADERS)} kinds"


def ping_is_answered(visit: Visit) -> str:
    """A ping answers at once with an empty object."""
    visit.door.ask("POST", "/ping/", NO_HEADS).expect_object()
    return ""
