"""The ports the demo listens on."""

import http.client
import socket

from sojourn.local.errors import Trouble

HOST = "127.0.0.1"
# The same machine by a name, which passkeys need.
LOCALHOST = "localhost"
LAST = 65535
PATIENCE = 5.0


def as_port(text: str) -> int:
    """A port number a person typed, with one after it."""
    if text.isdecimal() and 0 < int(text) < LAST:
        return int(text)
    raise Trouble(
        f"PORT={text} is not a port: use a number from 1 to {LAST - 1}, for example make demo PORT=8010."
    )


def require_free(first: int, *more: int) -> None:
    """Refuse ports of which another program holds one."""
    for port in (first, *more):
        _require_free(port, first)


def _require_free(port: int, first: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise Trouble(
                f"Port {port} needs more rights than you have: make demo PORT={first + 8000}."
            ) from None
        except OSError:
            other = first + 10 if first < 65000 else 8010
            raise Trouble(f"Port {port} is in use by another program: make demo PORT={other}.") from None


def answers_ready(port: int) -> bool:
    """Whether the web server says that it serves."""
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
