"""Settings of the web server under measurement: production's, but nobody is asked to slow down."""

from sojourn.settings.production import *

SOJOURN_REQUESTS_A_MINUTE = dict.fromkeys(SOJOURN_REQUESTS_A_MINUTE, 10**9)
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
