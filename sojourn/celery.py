"""The job runner: jobs are found in each room's tasks.py, the schedule stands in the settings."""

import gc
import os

from celery import Celery, Task
from celery.loaders.app import AppLoader

from sojourn.core import trace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sojourn.settings.production")


class TracedTask(Task):
    """A job goes on under the trace id of the request that announced it, or begins one of its own."""

    def __call__(self, *args, **kwargs):
        # A worker finds the header among the attributes of the request, a direct call among its headers.
        announced = self.request.get("trace_id") or (self.request.headers or {}).get("trace_id")
        if announced:
            trace.resume(announced)
        else:
            trace.begin()
        return super().__call__(*args, **kwargs)


class Settled(AppLoader):
    """What a worker holds when it begins is not looked through for garbage again and again while it works."""

    def on_worker_process_init(self) -> None:
        gc.freeze()


app = Celery("sojourn", task_cls=TracedTask, loader="sojourn.celery:Settled")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
