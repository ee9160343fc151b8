"""Whether this machine's own web server is ready: the health check of a container.

It asks as the watchers' network does, under a host name of the node and through as many proxies as are
trusted, and imports nothing of the platform, because it runs every few seconds.
"""

import http.client
import os
import sys

PATIENCE_SECONDS = 4


def is_ready() -> bool:
    """/readyz of this machine answers 200."""
    port = int(os.environ.get("SOJOURN_BIND", "0.0.0.0:8000").rpartition(":")[2])
    host = os.environ.get("SOJOURN_ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    proxies = int(os.environ.get("SOJOURN_TRUSTED_PROXIES", "0"))
    headers = {"Host": "localhost" if host == "*" else host}
    if proxies:
        headers["X-Forwarded-For"] = ", ".join(["127.0.0.1"] * proxies)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/readyz", headers=headers)
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not is_ready())
