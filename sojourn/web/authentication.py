"""How the API knows who asks; apart from the viewsets, because the framework imports it before it has views."""

import re

from django.conf import settings
from django.utils.module_loading import import_string
from rest_framework.authentication import BaseAuthentication, SessionAuthentication

from sojourn.web.envelope import BearerRefused

_BEARER = re.compile(r"Bearer +([A-Za-z0-9._~+/-]+=*) *", re.IGNORECASE)  # RFC 6750, 2.1


class BearerAuthentication(BaseAuthentication):
    """A program with an access token is itself and nobody else: no session of the same request counts beside it.

    ``settings.SOJOURN_GRANT_OF`` names what takes a token and gives its grant (``client``, ``scopes``) or None.
    """

    def authenticate(self, request):
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if header.split(" ", 1)[0].lower() != "bearer":
            return None
        found = _BEARER.fullmatch(header)
        grant = import_string(settings.SOJOURN_GRANT_OF)(found[1]) if found else None
        if grant is None:
            raise BearerRefused
        return grant.client, grant

    def authenticate_header(self, _request) -> str:
        return 'Bearer realm="sojourn"'


class StaffSessionAuthentication(SessionAuthentication):
    """Whoever has signed in on the pages may use the API in the same browser."""

    def authenticate_header(self, _request) -> str:
        return 'Session realm="sojourn"'
