"""Settings of the rival: the same database and packages, no configuration of the API."""

from sojourn.settings.production import *

ROOT_URLCONF = "tests.bench.rival"
REST_FRAMEWORK = {"UNAUTHENTICATED_USER": None}
