"""Every view declares who may come in; one that does not is shut, and fails the suite."""

import ipaddress
from collections.abc import Callable, Mapping
from enum import Enum
from functools import wraps

from django.conf import settings
from django.http import HttpRequest
from rest_framework.permissions import BasePermission

from sojourn.core.actors import Actor, Role
from sojourn.core.refusals import NotPermitted, NotVisible
from sojourn.web.addresses import client_address
from sojourn.web.envelope import ScopeMissing


class Access(Enum):
    PUBLIC = "anyone"
    SIGNED_IN = "whoever has signed in"
    FAMILY = "older people and their families who have signed in"
    STAFF = "civil-affairs staff with a second factor"
    PEERS = "other nodes, by the signature of each request"
    WATCHERS = "the machines that watch this node, by network"


def actor_of(request: HttpRequest) -> Actor:
    """Who is asking, as sojourn.web.middleware found."""
    return request.actor  # type: ignore[attr-defined]


def is_staff_session(request: HttpRequest) -> bool:
    return actor_of(request).is_staff and actor_of(request).second_factor


def is_family_session(request: HttpRequest) -> bool:
    return actor_of(request).role == Role.FAMILY


def is_watcher(request: HttpRequest) -> bool:
    """Whether the caller's own address lies in one of the watching networks."""
    try:
        address = ipaddress.ip_address(client_address(request))
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in settings.METRICS_NETWORKS)


def declared(access: Access) -> Callable:
    """Let a view in the URL table only to those whom ``access`` names.

    SIGNED_IN is kept by Django's own LoginRequiredMiddleware, which shuts every view that does not
    opt out; it leads families to a door of their own.
    """

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs):
            if access is Access.STAFF and not is_staff_session(request):
                raise NotPermitted
            if access is Access.FAMILY and not is_family_session(request):
                raise NotPermitted
            if access is Access.WATCHERS and not is_watcher(request):
                raise NotVisible
            return view(request, *args, **kwargs)

        needs_sign_in = access in {Access.SIGNED_IN, Access.STAFF, Access.FAMILY}
        guarded.__dict__.update(access=access, login_required=needs_sign_in)
        if access is Access.FAMILY:
            guarded.__dict__.update(login_url=settings.FAMILY_LOGIN_URL)
        return guarded

    return decorate


def scope_of(view) -> str:
    """The scope that a program needs for what it asks of this API view; "" where none is declared."""
    by_action: Mapping[str | None, str] = getattr(view, "scopes", {})
    default: str = getattr(view, "scope", "")
    return by_action.get(getattr(view, "action", None), default)


class DeclaredAccess(BasePermission):
    """An API view is open to those whom its ``access`` attribute names, and shut without one.

    A program needs besides, also where anyone may come in, the scope that the view declares for the action;
    where it declares none, no program comes in.
    """

    def has_permission(self, request, view) -> bool:
        if getattr(request, "auth", None) is not None:
            scope = scope_of(view)
            if scope not in request.auth.scopes:
                raise ScopeMissing(scope)
        match getattr(view, "access", None):
            case Access.PUBLIC:
                return True
            case Access.SIGNED_IN:
                return request.user.is_authenticated
            case Access.STAFF:
                return is_staff_session(request)
            case Access.FAMILY:
                return is_family_session(request)
        return False
