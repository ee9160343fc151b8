"""The environment in which the demo and the tests run."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from sojourn.local import membership
from sojourn.local.nodes import Node
from sojourn.local.paths import Local
from sojourn.local.ports import HOST, LOCALHOST
from sojourn.local.postgres import APP, OWNER, Cluster
from sojourn.local.redis import Redis

MEMBERS = "210000,220000,230000,360000,430000,440000,450000,500000,510000,520000,610000"
# Migrations and the sample world work longer in one statement than a page may. The history's triggers ask for
# the list of those to pass over; where there is none, each row costs a failed savepoint, and a large load crawls.
UNHURRIED = "-c lock_timeout=10s -c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c pgtrigger.ignore={}"
# What another node of the caller's shares and locks with must not reach ours.
OF_ONE_NODE = (
    "SOJOURN_VAULT",
    "SOJOURN_REGISTRY",
    "SOJOURN_REGISTRARS",
    "SOJOURN_REGISTRARS_NEEDED",
    "SOJOURN_KEYRING",
    "SOJOURN_MESSAGES",
    "SOJOURN_MESSAGES_TOKEN",
    "SOJOURN_FILES",
)


def secret(file: Path) -> str:
    """A random secret that stays the same between starts, readable by its owner only."""
    if not file.exists():
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(64))
    return file.read_text()


def variables(local: Local) -> dict[str, str]:
    """What a node of this tree reads from its environment; one alone, which shares nothing."""
    cluster, redis = Cluster(local), Redis(local)
    return {
        "SOJOURN_VAR": str(local.var),
        "DATABASE_URL": cluster.url(APP),
        "DATABASE_OWNER_URL": cluster.url(OWNER, options=UNHURRIED),
        "REDIS_URL": redis.url(),
        "SOJOURN_SECRET_KEY": secret(local.secret_key),
        "SOJOURN_ALLOWED_HOSTS": f"localhost,{HOST},[::1]",
        "SOJOURN_PASSKEY_DOMAINS": LOCALHOST,
        "SOJOURN_NODE": os.environ.get("SOJOURN_NODE", "44"),
        "SOJOURN_HOSTS_PROVINCES": os.environ.get("SOJOURN_HOSTS_PROVINCES", MEMBERS),
        "SOJOURN_STATIC_ROOT": str(local.static),
        "SOJOURN_INSECURE_HTTP": "1",
        "SOJOURN_SAMPLE_WORLD": "1",
        "DJANGO_SETTINGS_MODULE": "sojourn.settings.production",
    }


def of_node(node: Node) -> dict[str, str]:
    """What a node of the demo reads from its environment."""
    return {
        **variables(node.local),
        "SOJOURN_NODE": node.name,
        "SOJOURN_HOSTS_PROVINCES": ",".join(node.plan.members),
        "SOJOURN_STATIC_ROOT": str(node.root.static),
        "SOJOURN_VAULT": str(node.vault),
        "SOJOURN_REGISTRY": str(node.registry),
        "SOJOURN_REGISTRARS": membership.registrars(node.root),
        "SOJOURN_REGISTRARS_NEEDED": "1",
        "SOJOURN_KEYRING": str(node.keyring),
        "SOJOURN_MESSAGES": f"file:{node.messages}",
        "SOJOURN_FILES": str(node.files),
        # Browsers keep one set of cookies for a host name, whatever the port.
        "SOJOURN_COOKIES": f"node{node.name}-",
    }


def for_demo(node: Node) -> dict[str, str]:
    """The environment of a node's own processes."""
    return {**inherited(), **of_node(node)}


def as_owner(environment: Mapping[str, str]) -> dict[str, str]:
    """The same, for the process that migrates."""
    return {**environment, "DATABASE_URL": environment["DATABASE_OWNER_URL"]}


def unhurried(environment: Mapping[str, str], local: Local) -> dict[str, str]:
    """The same, for a job that loads much at once in the app's own role."""
    return {**environment, "DATABASE_URL": Cluster(local).url(APP, options=UNHURRIED)}


def for_tests(local: Local) -> dict[str, str]:
    """The environment of the suite, which works as the owner of its databases."""
    tests = {**variables(local), "DJANGO_SETTINGS_MODULE": "sojourn.settings.testing"}
    del tests["SOJOURN_ALLOWED_HOSTS"], tests["SOJOURN_PASSKEY_DOMAINS"]
    return {**inherited(), **as_owner(tests)}


def for_production_checks(local: Local) -> dict[str, str]:
    """The environment of a production node, for checks that only look."""
    strict = {**inherited(), **variables(local), "SOJOURN_ALLOWED_HOSTS": "sojourn.example"}
    for local_only in ("SOJOURN_INSECURE_HTTP", "SOJOURN_SAMPLE_WORLD"):
        del strict[local_only]
    return strict


def inherited() -> dict[str, str]:
    """What the caller's environment passes on; a home is found for a user who has none."""
    passed = {
        key: value for key, value in os.environ.items() if not key.startswith("PG") and key not in OF_ONE_NODE
    }
    passed.setdefault("HOME", "/nonexistent")
    return passed
