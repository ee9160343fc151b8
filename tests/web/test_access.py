"""Who may come in, as each view declares it."""

import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from sojourn.core.actors import PUBLIC, Actor, Role
from sojourn.core.refusals import NotPermitted, NotVisible
from sojourn.web.access import Access, DeclaredAccess, declared, is_watcher
from sojourn.web.addresses import client_address

OFFICER = Actor(Role.OFFICER, ("44",), second_factor=True)


def view(_request):
    return HttpResponse("in")


def asked_by(rf, actor: Actor, **meta):
    request = rf.get("/", **meta)
    request.actor, request.user = actor, AnonymousUser()
    return request


@pytest.mark.parametrize(
    "actor",
    [
        PUBLIC,
        Actor(Role.OFFICER, ("44",)),
        Actor(Role.FAMILY, second_factor=True),
        Actor(Role.FACILITY, second_factor=True),
        Actor(Role.PEER, second_factor=True),
    ],
    ids=lambda actor: f"{actor.role} {actor.second_factor}",
)
def test_a_view_for_staff_is_shut_to_everybody_else(rf, actor):
    with pytest.raises(NotPermitted):
        declared(Access.STAFF)(view)(asked_by(rf, actor))


def test_a_view_for_staff_is_open_to_staff_with_a_second_factor(rf):
    assert declared(Access.STAFF)(view)(asked_by(rf, OFFICER)).content == b"in"


@pytest.mark.parametrize(
    ("access", "needs_sign_in"),
    [(Access.PUBLIC, False), (Access.WATCHERS, False), (Access.SIGNED_IN, True), (Access.STAFF, True)],
)
def test_what_is_not_for_everybody_is_left_to_the_middleware_that_asks_for_sign_in(access, needs_sign_in):
    assert declared(access)(view).login_required is needs_sign_in


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_the_machines_that_watch_may_watch(rf, address):
    assert declared(Access.WATCHERS)(view)(asked_by(rf, PUBLIC, REMOTE_ADDR=address)).content == b"in"


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "", "nonsense"])
def test_to_others_there_is_nothing_to_watch(rf, address):
    with pytest.raises(NotVisible):
        declared(Access.WATCHERS)(view)(asked_by(rf, OFFICER, REMOTE_ADDR=address))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "127.0.0.1"),
        (0, "192.0.2.9", ""),
        (1, "192.0.2.9", "192.0.2.9"),
        (1, "10.0.0.1, 192.0.2.9", "192.0.2.9"),
        (2, "10.0.0.1, 192.0.2.9, 198.51.100.1", "192.0.2.9"),
        (2, "192.0.2.9", ""),
        (1, None, ""),
        (1, " , ", ""),
    ],
)
def test_an_address_is_believed_as_far_as_our_own_proxies_vouch_for_it(
    rf, settings, proxies, forwarded, address
):
    settings.TRUSTED_PROXIES = proxies
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}

    assert client_address(rf.get("/", headers=headers, REMOTE_ADDR="127.0.0.1")) == address


def test_a_forged_header_makes_nobody_a_watcher(rf):
    assert not is_watcher(rf.get("/", headers={"x-forwarded-for": "127.0.0.1"}, REMOTE_ADDR="192.0.2.1"))
    assert not is_watcher(rf.get("/", headers={"x-forwarded-for": "127.0.0.1"}, REMOTE_ADDR="127.0.0.1"))


@pytest.mark.parametrize("declaration", [None, "PUBLIC", Access.WATCHERS])
def test_an_api_view_without_a_declaration_is_shut(rf, declaration):
    class View:
        access = declaration

    assert not DeclaredAccess().has_permission(asked_by(rf, OFFICER), View())


def test_every_door_of_the_api_that_is_there_answers_a_stranger_in_json(client, db):
    answer = client.get("/api/v1/divisions/")

    assert answer.status_code == 200
    assert json.loads(answer.content)["results"]
