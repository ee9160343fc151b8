"""Failed tries lock what was tried for a while that grows, and never for good."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

LONGEST = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Lock:
    """Something whose failed tries are counted: ``allowed`` of them cost nothing.

    ``key`` is a keyed digest: what a person typed as her login name may have been her passphrase.
    ``forgiven`` says whether one success wipes the count, or only gives back the one try it took.
    """

    key: str
    allowed: int
    forgiven: bool = True


def of_sign_in(username: str, address: str) -> list[Lock]:
    """What guards a passphrase: the login name from one network, and far more loosely the network.

    A whole bureau may stand behind one address. Where the address cannot be trusted ("") the name alone
    counts.
    """
    locks = [Lock(_key("sign-in", username, address), settings.SIGN_IN_TRIES)]
    if address:
        locks.append(Lock(_key("network", address), settings.SIGN_IN_TRIES_OF_A_NETWORK, forgiven=False))
    return locks


def of_program(client_id: str, address: str) -> list[Lock]:
    """What guards the keys of a program: its id from one network, and far more loosely the network.

    Many copies of one program may ask at the same instant, and each try counts until it has succeeded.
    """
    locks = [Lock(_key("program", client_id, address), settings.SIGN_IN_TRIES_OF_A_PROGRAM)]
    if address:
        locks.append(Lock(_key("network", address), settings.SIGN_IN_TRIES_OF_A_NETWORK, forgiven=False))
    return locks


def of_codes(user_id: UUID) -> list[Lock]:
    """What guards the second factor: the account, from wherever it is tried; only those who know its passphrase can."""
    return [Lock(_key("code", str(user_id)), settings.SIGN_IN_TRIES)]


def of_phone(phone: str, address: str) -> list[Lock]:
    """What guards the codes sent to a telephone, named by its index: from one network, from everywhere, the network.

    From everywhere far more may be tried, so that nobody is locked out by whoever tries her number elsewhere.
    """
    locks = [
        Lock(_key("phone", phone, address), settings.SIGN_IN_TRIES),
        Lock(_key("phone anywhere", phone), settings.SIGN_IN_TRIES_ANYWHERE),
    ]
    if address:
        network = Lock(_key("phone network", address), settings.SIGN_IN_TRIES_OF_A_NETWORK, forgiven=False)
        locks.append(network)
    return locks


def of_asking(phone: str) -> list[Lock]:
    """What keeps a telephone, named by its index, from being rung all day: codes asked for and never used."""
    return [Lock(_key("asked", phone), settings.SIGN_IN_TRIES)]


def of_passkeys(address: str) -> list[Lock]:
    """What keeps one network from asking for passkeys without end; a telephone's code is open to it all the same."""
    if not address:
        return []
    return [Lock(_key("passkey network", address), settings.SIGN_IN_TRIES_OF_A_NETWORK, forgiven=False)]


def network_of(address: str) -> str:
    """A keyed digest under which a network's codes are counted; "" where the address cannot be trusted."""
    return _key("codes of a network", address) if address else ""


def wait_after(failures: int, *, allowed: int) -> timedelta:
    """How long nothing may be tried after so many failures: a minute at the limit, doubling, an hour at most."""
    if failures < allowed:
        return timedelta(0)
    return min(timedelta(minutes=2 ** min(failures - allowed, 10)), LONGEST)


def wait_left(failures: int, *, allowed: int, since: datetime, at: datetime) -> timedelta:
    """What is left of that wait at an instant, the last failure having been at ``since``."""
    wait = wait_after(failures, allowed=allowed)
    # Two who try at once may each have read the clock before the other was counted.
    return max(since + wait - at, timedelta(0)) if wait else wait


def _key(*parts: str) -> str:
    text = "\n".join(parts).encode("utf-8", "surrogatepass")
    return hmac.new(settings.SECRET_KEY.encode(), b"lockout\n" + text, hashlib.sha256).hexdigest()
