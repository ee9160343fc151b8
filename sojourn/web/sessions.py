"""How long a session may rest and how long it may last, and on what kind of device it began."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from sojourn.core.actors import Actor, Role
from sojourn.core.clock import now

MINUTE = 60
SEEN, BEGAN, DEVICE = "seen_at", "began_at", "device"
IDLE, AGED = "idle", "aged"
# Of what a browser says of itself only this much is kept; the first that fits names it.
SYSTEMS = (
    *(("OpenHarmony", "HarmonyOS"), ("HarmonyOS", "HarmonyOS"), ("Android", "Android")),
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux")),
)
BROWSERS = (
    *(("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("Firefox", "Firefox")),
    *(("Chrome", "Chrome"), ("Safari", "Safari")),
)


@dataclass(frozen=True)
class Limits:
    """After how many seconds unused a session is over, and after how many in any case."""

    idle: int
    longest: int

    @property
    def noted_every(self) -> int:
        """How exactly it is known when a session was used last: a request in between writes nothing."""
        return max(MINUTE, self.idle // 60)


def limits_of(actor: Actor) -> Limits:
    """A family's, or for everybody who came by a passphrase the staff's."""
    if actor.role == Role.FAMILY:
        return Limits(settings.FAMILY_IDLE_SECONDS, settings.FAMILY_SESSION_SECONDS)
    return Limits(settings.STAFF_IDLE_SECONDS, settings.STAFF_SESSION_SECONDS)


def begin(request: HttpRequest) -> None:
    """Somebody has just signed in: from now on it counts how long this session lasts."""
    at = int(now().timestamp())
    request.session.update({BEGAN: at, SEEN: at, DEVICE: device_of(request)})


def why_over(request: HttpRequest, limits: Limits) -> str:
    """Why the session of this request is over; "" while it goes on, and then it counts as used now."""
    at, session = int(now().timestamp()), request.session
    seen, began = session.get(SEEN), session.get(BEGAN)
    if seen is not None and at - seen > limits.idle:
        return IDLE
    if began is not None and at - began > limits.longest:
        return AGED
    if began is None:
        session[BEGAN] = at
    if seen is None or at - seen > limits.noted_every:
        session[SEEN] = at
    return ""


def end(request: HttpRequest, why: str) -> None:
    """This session opens nothing any more; whoever comes back with it is told why when she signs in."""
    request.session.end(why)  # type: ignore[attr-defined]  # settings.SESSION_ENGINE
    request.user = AnonymousUser()


def device_of(request: HttpRequest) -> str:
    """The kind of device and browser as far as it tells them, such as "Windows · Edge"; else ""."""
    said = request.headers.get("User-Agent", "")
    found = (next((name for mark, name in names if mark in said), "") for names in (SYSTEMS, BROWSERS))
    return " · ".join(name for name in found if name)
