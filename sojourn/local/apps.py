"""Registration of the local services' management commands."""

from django.apps import AppConfig


class LocalConfig(AppConfig):
    name = "sojourn.local"
    label = "local"
