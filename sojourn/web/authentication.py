"""How the API knows who asks; apart from the viewsets, because the framework imports it before it has views."""

from rest_framework.authentication import SessionAuthentication


class StaffSessionAuthentication(SessionAuthentication):
    """Whoever has signed in on the pages may use the API in the same browser."""

    def authenticate_header(self, _request) -> str:
        return 'Session realm="sojourn"'
