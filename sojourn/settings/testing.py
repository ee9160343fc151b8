"""Settings of the test suite: production's, with a fast password hasher and no https."""

import os

os.environ.setdefault("SOJOURN_SECRET_KEY", "only-for-tests-" + "0123456789abcdef" * 4)
os.environ.setdefault("SOJOURN_ALLOWED_HOSTS", "testserver,localhost,127.0.0.1,.testserver.example")
os.environ.setdefault("SOJOURN_NODE", "44")
os.environ.setdefault(
    "SOJOURN_HOSTS_PROVINCES", "210000,220000,230000,360000,430000,440000,450000,500000,510000,520000,610000"
)
os.environ.setdefault("SOJOURN_INSECURE_HTTP", "1")
os.environ.setdefault("SOJOURN_SAMPLE_WORLD", "1")
os.environ.setdefault("SOJOURN_PASSKEY_DOMAINS", "testserver.example,localhost")
os.environ.setdefault("DATABASE_URL", "postgres:///sojourn")
os.environ.setdefault("REDIS_URL", "unix:///nonexistent/redis.sock?db=0")

from sojourn.settings.production import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
CELERY_TASK_ALWAYS_EAGER = False
STATIC_ROOT = ROOT / "sojourn" / "web" / "static"
