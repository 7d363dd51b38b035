"""The one settings file.

It imports without any environment (type checker, documentation), and then serves nobody: without HAMKORI_SECRET_KEY and
a database address Django refuses to start. The mode decides few things, and only here:

production  the default
test        the same, with hosts and speed for tests
demo        plain http on this machine only: cookies lose Secure and the __Host- prefix, nothing else
"""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from hamkori.site import environment as env
from hamkori.site.database import logins, worker_secret
from hamkori.site.rooms import rooms
from hamkori.site.serving import unpickling
from hamkori.site.serving.limits import Limits
from hamkori.vocabulary import country

HOUSE = Path(__file__).resolve().parent.parent

# --- what this process is ------------------------------------------------------------------------------------------
HAMKORI_MODE = env.choice("HAMKORI_MODE", ("production", "test", "demo"), "production")
# web serves pages, worker runs jobs and the clock, owner migrates. Each has its own login and knows no other.
HAMKORI_PROCESS = env.choice("HAMKORI_PROCESS", ("web", "worker", "owner"), "web")
if HAMKORI_PROCESS == "worker":
    unpickling.forbid()  # the pages do the same as they begin (hamkori.site.serving.wsgi)
DEMO = HAMKORI_MODE == "demo"
TEST = HAMKORI_MODE == "test"
PRODUCTION = HAMKORI_MODE == "production"
PLAIN_HTTP = DEMO

# A traceback page shows local variables, and those hold what people told us: never, in no mode.
DEBUG = False
SECRET_KEY = env.text("HAMKORI_SECRET_KEY")
HAMKORI_DATA = Path(env.text("HAMKORI_DATA", "/nonexistent/hamkori"))
HAMKORI_KEYRING = Path(env.text("HAMKORI_KEYRING", str(HAMKORI_DATA / "keyring")))
# What the database may not take back, and what did not match: written by the web process, kept out of every backup.
HAMKORI_MARKS = Path(env.text("HAMKORI_MARKS", str(HAMKORI_DATA / "marks")))
# How long a page waits for what somebody holds: a row or table of the database, and a case (vault/alone.py).
HAMKORI_LOCK_SECONDS = env.number("HAMKORI_LOCK_SECONDS", 10)
HAMKORI_STATEMENT_SECONDS = env.number("HAMKORI_STATEMENT_SECONDS", 20)
# The worker's key that signs the ledger: it opens nothing. Beside it lie the chain's key and the last head.
HAMKORI_SIGNING_KEY = Path(env.text("HAMKORI_SIGNING_KEY", str(HAMKORI_DATA / "sign" / "signing-key")))
# What the worker shows the database beside its password; the pages never read it.
HAMKORI_WORKER_SECRET = Path(env.text("HAMKORI_WORKER_SECRET", str(HAMKORI_SIGNING_KEY.with_name("worker-secret"))))
# What stands in mails as the way in.
HAMKORI_ADDRESS = env.text("HAMKORI_ADDRESS", "http://localhost:8000/")
_LOCAL = ("localhost", "127.0.0.1", "[::1]")
ALLOWED_HOSTS = env.words("HAMKORI_HOSTS", () if PRODUCTION else (*_LOCAL, "testserver") if TEST else _LOCAL)
CSRF_TRUSTED_ORIGINS = env.words("HAMKORI_ORIGINS")

# --- the house, low to high ----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    *(f"hamkori.{room}" for room in rooms()),
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # allauth imports auth's models; nothing of ours uses its groups and permissions.
    "django.contrib.auth",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "csp",
    "django_htmx",
]
AUTH_USER_MODEL = "people.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "hamkori.site.urls"
WSGI_APPLICATION = "hamkori.site.serving.wsgi.application"

# The context comes before the session: sessions are rows, and rows need a context
# (docs/design/engine.md#traps-of-the-database-met-once).
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # On 400 kbit/s a page of 40 kB takes a second, packed a quarter of it. A foreign site cannot ask for pages in
    # a reader's name (SameSite), so it cannot measure them; Django also varies their length.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "hamkori.web.middleware.ContextMiddleware",
    "hamkori.web.middleware.KeepingMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "hamkori.web.middleware.ActorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HOUSE / "site" / "demo" / "templates"] if DEMO else [],
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", ["hamkori.web.kit.lines.Loader"])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "hamkori.web.account.context.signed_in",
                "hamkori.web.nav.places",
            ],
        },
    }
]

# Every form looks like the kit, also those that come with allauth.
FORM_RENDERER = "hamkori.web.kit.forms.KitRenderer"

# --- database ------------------------------------------------------------------------------------------------------
_URL_OF = {"web": "HAMKORI_DATABASE_URL", "worker": "HAMKORI_CLOCK_URL", "owner": "HAMKORI_OWNER_URL"}
_URL = _URL_OF[HAMKORI_PROCESS]
_OWN: dict[str, str] = {}  # the rest that wins over what a login has set for itself: site/database/logins.py
_DATABASE_OPTIONS: dict[str, Any] = {"server_side_binding": True}
# Row security makes planning dearer than reading: a statement is planned once for each connection. Behind PgBouncer
# in transaction mode this wants its max_prepared_statements; 0 plans each time anew.
_PREPARED = env.number("HAMKORI_PREPARE", 2)
if _PREPARED and HAMKORI_PROCESS != "owner":  # a migration changes what its statements return
    _DATABASE_OPTIONS["prepare_threshold"] = _PREPARED - 1
if HAMKORI_PROCESS == "owner":
    # hk_migrate owns nothing; what it makes must belong to hk_owner.
    _DATABASE_OPTIONS["assume_role"] = env.text("HAMKORI_ASSUME_ROLE", "hk_owner")
elif TEST:
    _DATABASE_OPTIONS["assume_role"] = env.text("HAMKORI_ASSUME_ROLE", "hk_app")
if HAMKORI_PROCESS == "worker" or not (TEST or HAMKORI_PROCESS == "owner"):
    # An idle transaction that has written stops the sealer of the ledger (docs/design/engine.md#sealing). A worker that
    # stands still in the middle of one keeps every other from its work: within 30 s clock and sealer go on elsewhere.
    _OWN["idle_in_transaction_session_timeout"] = f"{25 if HAMKORI_PROCESS == 'worker' else 30}s"
if HAMKORI_PROCESS == "worker":
    # One job at a time: a row that somebody holds would stop the clock, the mail and the sealer together. What is
    # given up is tried again at the next turn; a turn of keys says its own patience.
    _OWN["lock_timeout"] = "2s"
    _OWN |= worker_secret.options(HAMKORI_WORKER_SECRET)
if HAMKORI_PROCESS == "web":
    # A page does not wait for ever for what somebody holds: it says so (503), and keeps what was sent.
    _OWN["lock_timeout"] = f"{HAMKORI_LOCK_SECONDS}s"
    _OWN["statement_timeout"] = f"{HAMKORI_STATEMENT_SECONDS}s"
    # Planned once for each connection and kept, whatever the values: planning costs most of what a page asks (ADR 241).
    _OWN["plan_cache_mode"] = "force_generic_plan"
_POOL = env.number("HAMKORI_POOL", 4)  # connections of one process that serves pages; 0: none are kept
HAMKORI_POOLED = {
    "min_size": 1,
    "max_size": _POOL,
    "timeout": 10,
    # Left to itself a pool looks ever more rarely for a database that is away, and whoever presses after it is back
    # waits in vain. Given up early, the next request begins to look at once.
    "reconnect_timeout": 5,
    # RESET ALL takes away what a request left in the session. DISCARD ALL would break prepared statements.
    "reset": lambda connection: connection.execute("RESET ALL"),
}
if HAMKORI_PROCESS == "web" and not TEST and _POOL:
    _DATABASE_OPTIONS["pool"] = HAMKORI_POOLED
_DATABASE_OPTIONS["options"] = logins.options(**_OWN)
DATABASES = {"default": env.database(env.text(_URL, "postgresql:///hamkori"), options=_DATABASE_OPTIONS, name=_URL)}
# One for all processes: in a cache per process a one-time code would be good once in each. Django's own caches unpickle
# what is stored (docs/design/engine.md#traps-of-the-database-met-once).
CACHES = {"default": {"BACKEND": "hamkori.web.sessions.counters.Counters"}}

# --- the web server ------------------------------------------------------------------------------------------------
# A form or a page of 60 kB takes a minute on 8 kbit/s. A ministry sits behind one address.
HAMKORI_LIMITS = Limits(
    head=env.number("HAMKORI_HEAD_SECONDS", 10),
    body=env.number("HAMKORI_BODY_SECONDS", 60),
    idle=env.number("HAMKORI_IDLE_SECONDS", 30),
    send=env.number("HAMKORI_SEND_SECONDS", 120),
    connections=env.number("HAMKORI_CONNECTIONS", 500),
    of_address=env.number("HAMKORI_CONNECTIONS_OF_ADDRESS", 200),
)

# --- cookies, headers ----------------------------------------------------------------------------------------------
COOKIE_PREFIX = "" if PLAIN_HTTP else "__Host-"
HAMKORI_KEY_COOKIE = f"{COOKIE_PREFIX}hk_key"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}hk_session"
CSRF_FAILURE_VIEW = "hamkori.web.kit.refusals.too_old"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}hk_csrf"
# The invented people are everybody's at once: each visitor reads them in the language of their own browser.
LANGUAGE_OF_BROWSER = DEMO
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}hk_language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not PLAIN_HTTP
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION
HAMKORI_BEHIND_PROXY = env.flag("HAMKORI_BEHIND_PROXY")
if HAMKORI_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Limits count the browser's address, not the proxy's.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        # The picture of a one-time code's secret is a data: address.
        "img-src": [SELF, "data:"],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- sizes ---------------------------------------------------------------------------------------------------------
# Of a form; what is larger is given back by a page (web/kit/refusals.py). The web server's own limit is site/serving's.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 10

# --- languages -----------------------------------------------------------------------------------------------------
LANGUAGES = list(country.LANGUAGE_NAMES.items())
# The browser says which; who asks for none of the four reads the source.
LANGUAGE_CODE = country.SOURCE
LOCALE_PATHS = sorted(HOUSE.rglob("locale"))
FORMAT_MODULE_PATH = ["hamkori.site.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("HAMKORI_TIME_ZONE", country.ZONE)
# Whom a page says to call in danger. Nobody has confirmed the country's: an operator does, after trying each.
HAMKORI_EMERGENCY = {
    "life": env.text("HAMKORI_EMERGENCY_LIFE", country.EMERGENCY["life"]),
    "police": env.text("HAMKORI_EMERGENCY_POLICE", country.EMERGENCY["police"]),
    "ambulance": env.text("HAMKORI_EMERGENCY_AMBULANCE", country.EMERGENCY["ambulance"]),
}
HAMKORI_EMERGENCY_CONFIRMED = env.flag("HAMKORI_EMERGENCY_CONFIRMED")
# Where the person can complain: the text that is read aloud promises to say it. Nothing is said in its place.
HAMKORI_COMPLAINTS = env.text("HAMKORI_COMPLAINTS", "")
# Where the national coordinator is reached. Pages that say "ask the coordinator" say it, or that nobody recorded it.
HAMKORI_COORDINATOR = env.text("HAMKORI_COORDINATOR", "")

# --- files ---------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("HAMKORI_STATIC", str(HAMKORI_DATA / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TEST
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TEST
WHITENOISE_MAX_AGE = 300

# --- sign-in -------------------------------------------------------------------------------------------------------
# Hashed keys, locked data; messages lie there too.
SESSION_ENGINE = "hamkori.web.sessions.store"
MESSAGE_STORAGE = "hamkori.web.kit.green_lines.Lines"
ACCOUNT_ADAPTER = "hamkori.web.account.adapter.AccountAdapter"
MFA_ADAPTER = "hamkori.web.account.adapter.MFAAdapter"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# Between passphrase and code: as long as the key waits.
ACCOUNT_LOGIN_TIMEOUT = 300
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
# Passkeys come with their own issue: they open a session and leave the vault sealed.
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_TOTP_ISSUER = "Hamkori"
# Passkeys need https everywhere but on localhost; the robot of the demo takes an unused step.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO or TEST
MFA_TOTP_TOLERANCE = 10 if DEMO else 1

# --- mail, log -----------------------------------------------------------------------------------------------------
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if PRODUCTION else 'filebased' if DEMO else 'locmem'}.EmailBackend"
EMAIL_FILE_PATH = str(HAMKORI_DATA / "mail")
EMAIL_HOST = env.text("HAMKORI_MAIL_HOST", "localhost")
EMAIL_PORT = env.number("HAMKORI_MAIL_PORT", 25)
EMAIL_HOST_USER = env.text("HAMKORI_MAIL_USER")
EMAIL_HOST_PASSWORD = env.text("HAMKORI_MAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("HAMKORI_MAIL_TLS", default=PRODUCTION)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("HAMKORI_MAIL_FROM", "hamkori@localhost")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_addresses": {"()": "hamkori.site.serving.limits.WithoutAddresses"}},
    "formatters": {
        "line": {
            "class": "hamkori.site.serving.limits.ShortLines",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "hamkori": {"level": "INFO"},
        # Django's own handlers would print every 404 and mail tracebacks to administrators.
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR"},
        # Each of its tries while the database is away; the pages say once a request that it is.
        "psycopg.pool": {"level": "ERROR"},
        "waitress": {"filters": ["no_addresses"]},
        # It says of every request that it found no idle thread.
        "waitress.queue": {"level": "ERROR"},
    },
}
