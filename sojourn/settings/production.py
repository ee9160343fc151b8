"""Settings of a node. Everything that differs between nodes comes from the environment."""

from datetime import timedelta
from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONE, SELF
from whitenoise.compress import Compressor

from sojourn.settings import environment, logs

ROOT = Path(__file__).resolve().parents[2]

# --- the node -------------------------------------------------------------------------------------
NODE = environment.required("SOJOURN_NODE")
HOSTED_PROVINCES = environment.listed("SOJOURN_HOSTS_PROVINCES")
SAMPLE_WORLD = environment.flag("SOJOURN_SAMPLE_WORLD")
INSECURE_HTTP = environment.flag("SOJOURN_INSECURE_HTTP")

# What the node needs to share with others; without a vault, a registry and a registrar it shares nothing.
VAULT = environment.optional("SOJOURN_VAULT")
REGISTRY = environment.optional("SOJOURN_REGISTRY")
REGISTRARS = environment.public_keys("SOJOURN_REGISTRARS")
REGISTRARS_NEEDED = environment.at_least_one("SOJOURN_REGISTRARS_NEEDED")

# The keys that lock personal data; without them the node keeps none.
KEYRING = environment.optional("SOJOURN_KEYRING")

# How messages reach telephones, and the secret by which the gateway knows this node.
MESSAGES = environment.channel(environment.optional("SOJOURN_MESSAGES"), is_demo=SAMPLE_WORLD)
MESSAGES_TOKEN = environment.optional("SOJOURN_MESSAGES_TOKEN")

# Where scans and pictures lie, locked; without it the node keeps none.
FILES = environment.optional("SOJOURN_FILES")

SECRET_KEY = environment.required("SOJOURN_SECRET_KEY")
SECRET_KEY_FALLBACKS = environment.listed("SOJOURN_OLD_SECRET_KEYS")
ALLOWED_HOSTS = environment.listed("SOJOURN_ALLOWED_HOSTS")
DEBUG = False

# --- rooms ----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    # Ours come first, so that our commands and templates stand before those of the libraries.
    "sojourn.core",
    "sojourn.provinces",
    "sojourn.accounts",
    "sojourn.web",
    "sojourn.files",
    "sojourn.desk",
    "sojourn.messages",
    "sojourn.sharing",
    "providers.facilities",
    "providers.designation",
    "providers.search",
    "residents.registry",
    "residents.assessments",
    "residents.consents",
    "sojourn.local",
    "sojourn.web.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
]
if not SAMPLE_WORLD:
    INSTALLED_APPS.remove("sojourn.local")

MIDDLEWARE = [
    "sojourn.web.middleware.TraceMiddleware",
    "sojourn.web.middleware.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sojourn.web.languages.TraditionalMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "sojourn.web.languages.LanguageMiddleware",
    "sojourn.web.middleware.RefusalMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "sojourn.web.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "sojourn.urls"
WSGI_APPLICATION = "sojourn.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sojourn.web.furniture.page_furniture",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

# --- data -----------------------------------------------------------------------------------------
DATABASES = {
    "default": environment.database(environment.required("DATABASE_URL"))
    | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
}
DATABASES["default"]["OPTIONS"].setdefault(
    # changed_since lags ten seconds; no business transaction may stay open that long.
    "options",
    # The history's triggers ask which of them to pass over: none, said here once rather than found out row by row.
    "-c lock_timeout=2s -c statement_timeout=5s -c idle_in_transaction_session_timeout=8s -c pgtrigger.ignore={}",
)
DATABASE_APP_ROLE = environment.optional("DATABASE_APP_ROLE", "sojourn_app")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PGTRIGGER_SCHEMA_EDITOR = True
PGHISTORY_APPEND_ONLY = True

REDIS_URL = environment.required("REDIS_URL")
CACHES = {"default": {"BACKEND": "sojourn.web.cache.ForgivingRedisCache", "LOCATION": REDIS_URL}}

SESSION_ENGINE = "sojourn.accounts.sessions"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SOJOURN_REFERENCE_LOADERS = [
    "sojourn.provinces.services.load_reference",
    "providers.designation.services.load_reference",
]

# --- jobs -----------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # jobs are logged as requests are
# A task lost to a kill comes back after this long; it is above twice the longest task.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 1500,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,
}
CELERY_BEAT_SCHEDULE = {
    "seal-the-trail": {"task": "sojourn.core.tasks.seal_yesterday", "schedule": crontab(hour=1, minute=10)},
    "bring-under-newest-keys": {
        "task": "sojourn.core.tasks.bring_under_newest_keys",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 600},
    },
    "judge-the-seasons": {
        "task": "sojourn.provinces.tasks.judge_seasons",
        "schedule": crontab(hour=0, minute=20),
    },
    "tell-that-jobs-run": {"task": "sojourn.web.tasks.beat_seen", "schedule": 60.0},
    "forget-requests": {"task": "sojourn.web.tasks.forget_requests", "schedule": crontab(hour=3, minute=25)},
    "recompute-the-assessments": {
        "task": "residents.assessments.tasks.recompute",
        "schedule": crontab(hour=2, minute=30),
    },
    "tell-of-entries": {"task": "residents.assessments.tasks.tell_entries", "schedule": crontab(5, "9-17")},
    "tell-of-results-that-end": {  # by day: whom no text reaches is called
        "task": "residents.assessments.tasks.tell_endings",
        "schedule": crontab(hour="9-17", minute=20),
    },
    "draw-rechecks": {"task": "residents.assessments.tasks.draw_rechecks", "schedule": crontab(40, 4)},
    "silence-the-erased": {
        "task": "residents.registry.tasks.silence_erased",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "purge-what-is-approved": {
        "task": "residents.registry.tasks.purge",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "find-duplicates": {
        "task": "residents.registry.tasks.find_duplicates",
        "schedule": crontab(hour=2, minute=30),
    },
    "sweep-the-desk": {"task": "sojourn.desk.tasks.sweep", "schedule": crontab(minute=5)},
    "sweep-outbox": {"task": "sojourn.messages.tasks.sweep", "schedule": 15.0, "options": {"expires": 15}},
    "go-on-with-imports": {
        "task": "residents.registry.tasks.go_on",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "seal": {"task": "sojourn.sharing.tasks.seal", "schedule": 1.0, "options": {"expires": 2}},
    "ask-the-peers": {"task": "sojourn.sharing.tasks.poll", "schedule": 2.0, "options": {"expires": 4}},
    "look-after-the-feeds": {
        "task": "sojourn.sharing.tasks.look_after",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "compare-with-the-peers": {
        "task": "sojourn.sharing.tasks.reconcile_all",
        "schedule": crontab(hour=3, minute=40),
    },
    "beat-the-hearts": {"task": "sojourn.sharing.tasks.beat_hearts", "schedule": crontab(minute=7)},
    "forget-sign-in-codes": {
        "task": "sojourn.accounts.tasks.forget_codes",
        "schedule": crontab(minute="*/10"),
    },
    "find-double-enrolments": {
        "task": "residents.consents.tasks.match",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "end-consents": {"task": "residents.consents.tasks.sweep", "schedule": 10.0, "options": {"expires": 20}},
    "sweep-the-files": {"task": "sojourn.files.tasks.sweep", "schedule": crontab(hour=4, minute=10)},
    "forget-old-sessions": {
        "task": "sojourn.accounts.tasks.clear_sessions",
        "schedule": crontab(hour=3, minute=20),
    },
}

# --- sign-in --------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
# web stands below the rooms and asks for the actor by name (decision 0003).
SOJOURN_ACTOR_FOR = "sojourn.accounts.actors.actor_for"
SOJOURN_PROOF_MINUTES = "sojourn.accounts.proofs.minutes_of_proof"
SOJOURN_GRANT_OF = "sojourn.accounts.services.grant_of"
SOJOURN_REACH_NAMES = "sojourn.accounts.reach.names_of"
AUTHENTICATION_BACKENDS = [
    "sojourn.accounts.backends.StaffBackend",
    "sojourn.accounts.backends.PhoneBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "sojourn.accounts.passphrases.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
FAMILY_LOGIN_URL, FAMILY_LOGIN_REDIRECT_URL = "/sign-in/", "/my/"
LOGIN_REDIRECT_URL = "/admin/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "sojourn.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = False  # they count in the cache; sojourn.accounts.lockout counts in the database
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_ADAPTER = "sojourn.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES, MFA_TOTP_ISSUER = ["totp", "recovery_codes"], "Sojourn"
PASSKEY_DOMAINS = environment.domains("SOJOURN_PASSKEY_DOMAINS")  # without one there are no passkeys
SIGN_IN_TRIES = 5
SIGN_IN_TRIES_ANYWHERE = 20
SIGN_IN_TRIES_OF_A_NETWORK = 100
SIGN_IN_TRIES_OF_A_PROGRAM = 20

# A browser keeps one set of cookies for a host name: nodes that share one need names of their own.
COOKIES = environment.optional("SOJOURN_COOKIES")
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIES}sessionid", f"{COOKIES}csrftoken"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# How long a session may go unused, how long it may last at all, and how many one of the staff has at a time: ours.
STAFF_IDLE_SECONDS, STAFF_SESSION_SECONDS, STAFF_SESSIONS = 15 * 60, 12 * 3600, 3
FAMILY_IDLE_SECONDS, FAMILY_SESSION_SECONDS = 8 * 3600, 3 * 24 * 3600
SESSION_COOKIE_AGE = FAMILY_SESSION_SECONDS  # kept that long, so that one that is over can say why

# --- the browser ----------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = not INSECURE_HTTP
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^freshz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 0 if INSECURE_HTTP else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not INSECURE_HTTP
SECURE_HSTS_PRELOAD = not INSECURE_HTTP
SECURE_PROXY_SSL_HEADER = None if INSECURE_HTTP else ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not INSECURE_HTTP
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "sojourn.web.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10
# Of the files of one request; the dated rules say how much of that one file may have.
MOST_UPLOADED_BYTES = 22_020_096
FILE_UPLOAD_HANDLERS = ["sojourn.web.uploads.MemoryOnly"]
# The probes and figures are for the machines that watch a node, not for the public.
METRICS_NETWORKS = environment.listed("SOJOURN_METRICS_NETWORKS", "127.0.0.0/8,::1/128")
PROMETHEUS_MULTIPROC_DIR = environment.optional("PROMETHEUS_MULTIPROC_DIR")
TRUSTED_PROXIES = int(environment.optional("SOJOURN_TRUSTED_PROXIES", "0"))

STATIC_URL = "/static/"
STATIC_ROOT = Path(environment.optional("SOJOURN_STATIC_ROOT", str(ROOT / "var" / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Maps are read by developers only; to compress them takes as long as all other files together.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")

# --- languages and time ---------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "sojourn" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

SOJOURN_REQUESTS_A_MINUTE = {"public": 600, "signed_in": 1200}

# --- the API --------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "sojourn.web.authentication.BearerAuthentication",
        "sojourn.web.authentication.StaffSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["sojourn.web.access.DeclaredAccess"],
    "DEFAULT_RENDERER_CLASSES": ["sojourn.web.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "rest_framework.negotiation.DefaultContentNegotiation",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "sojourn.web.pagination.CursorPages",
    "DEFAULT_THROTTLE_CLASSES": ["sojourn.web.throttles.ByActor"],
    "DEFAULT_SCHEMA_CLASS": "sojourn.web.schema.Operation",
    "DEFAULT_VERSIONING_CLASS": None,
    "EXCEPTION_HANDLER": "sojourn.web.envelope.to_response",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "UNICODE_JSON": True,
    "URL_FORMAT_OVERRIDE": None,
    "FORMAT_SUFFIX_KWARG": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Sojourn API",
    "DESCRIPTION": "旅居养老开放接口：成员省份、协议、运营主体、养老机构、示范基地、老年人与能力评估。",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATION_PARAMETERS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": True,
    "ENUM_NAME_OVERRIDES": {
        f"{name}Enum": f"{room}.states.{name}"
        for room, names in {
            "providers.facilities": ("FacilityStatus", "FacilityKind", "AbilityLevel"),
            "providers.designation": ("BaseStatus",),
            "sojourn.provinces": ("AgreementKind", "DivisionKind"),
            "residents.registry": ("ResidentStatus",),
            "residents.assessments": ("AssessmentStatus", "AssessmentKind"),
        }.items()
        for name in names
    }
    | {"OpenFieldEnum": "residents.registry.states.OPENABLE_CHOICES"},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "sojourn.web.schema.add_problem_answers",
    ],
}

# --- logs -----------------------------------------------------------------------------------------
LOGGING = logs.configuration(level=environment.optional("SOJOURN_LOG_LEVEL", "INFO"))

SILENCED_SYSTEM_CHECKS: list[str] = []
