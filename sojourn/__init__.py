"""The platform: kernel, provinces, accounts, web shell and local services."""

from sojourn.celery import app as celery_app

__all__ = ["celery_app"]
