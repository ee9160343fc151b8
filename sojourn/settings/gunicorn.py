"""The web server of a node, in production and in the demo: ``gunicorn -c sojourn/settings/gunicorn.py``."""

import gc
import os
import sys
import time
from pathlib import Path

from django.core.management import call_command
from django.db import connections
from django.urls import get_resolver
from prometheus_client import multiprocess

from sojourn.core import hanzi

bind = os.environ.get("SOJOURN_BIND", "0.0.0.0:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("SOJOURN_WEB_THREADS", "4"))
# One import for all workers: each costs seconds and 160 MB otherwise.
preload_app = True
timeout = 30
graceful_timeout = int(os.environ.get("SOJOURN_WEB_GRACE", "20"))
keepalive = 5
# A worker's sign of life must not wait for a disk.
MEMORY = "/dev/shm"  # noqa: S108 -- gunicorn makes a private file there
worker_tmp_dir = MEMORY if Path(MEMORY).is_dir() and os.access(MEMORY, os.W_OK) else None
# Requests are logged by the platform itself, without addresses typed by people.
accesslog = None
errorlog = "-"
control_socket_disable = True


def on_starting(_server):
    """Every page's code is loaded; then the port opens, once the file named by ``SOJOURN_SERVES_AFTER`` is there."""
    hanzi.load_dictionaries()
    load_pages()
    gate = os.environ.get("SOJOURN_SERVES_AFTER")
    while gate and not Path(gate).exists():
        time.sleep(0.05)
    # A database that was put back may know people who were erased since: first of all they are erased in it too.
    call_command("erase_again")
    connections.close_all()  # none is shared by processes that part from this one


def load_pages():
    """Load the code of every page before the workers part, so that none pays for it at its first request."""
    assert get_resolver().url_patterns


def when_ready(_server):
    """What is loaded by now is looked through for garbage no more, which would copy it for each worker."""
    gc.freeze()


def child_exit(_server, worker):
    """Forget the gauges of a worker that is gone."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.mark_process_dead(worker.pid)


def worker_exit(_server, _worker):
    """Leave at once: taking the interpreter down would copy the shared memory for seconds, to free it."""
    reason = sys.exc_info()[1]
    sys.stderr.flush()
    os._exit(reason.code if isinstance(reason, SystemExit) and isinstance(reason.code, int) else 0)
