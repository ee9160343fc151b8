"""The rival's entry point: Django's handler with no middleware at all."""

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

django.setup()
settings.MIDDLEWARE = []  # only now: an installed app insists on its own while it is set up
application = WSGIHandler()
