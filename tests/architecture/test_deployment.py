"""The container image and the compose file fit what the settings ask for."""

import http.server
import re
import threading

import pytest
import yaml

from sojourn.settings import probe
from tests.architecture import house

COMPOSE = yaml.safe_load((house.ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OF_THE_NODE = ("migrate", "web", "worker", "beat")
DOCKERFILE = (house.ROOT / "Dockerfile").read_text(encoding="utf-8")
INSTRUCTIONS = {"FROM", "RUN", "COPY", "ENV", "WORKDIR", "USER", "EXPOSE", "CMD"}
READ = re.compile(
    r"""environment\.(required|optional|flag|listed|public_keys|domains|at_least_one)\(\s*"([A-Z_]+)"|environ(?:\.get\(|\[)"([A-Z_]+)\""""
)
NEVER = {"SOJOURN_INSECURE_HTTP", "SOJOURN_SAMPLE_WORLD"}


def variables() -> dict[str, str]:
    """Every variable the settings read, and how: required, optional, flag, listed or directly."""
    found = {}
    for path in sorted((house.ROOT / "sojourn" / "settings").glob("*.py")):
        for how, name, plain in READ.findall(path.read_text(encoding="utf-8")):
            found.setdefault(name or plain, how or "directly")
    return found


def steps() -> list[tuple[str, str]]:
    """The Dockerfile as instructions and their words."""
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^#.*\n", "", DOCKERFILE))
    return [tuple(line.split(None, 1)) for line in joined.splitlines() if line.strip()]


def stages() -> list[list[tuple[str, str]]]:
    found = []
    for step in steps():
        if step[0] == "FROM":
            found.append([])
        found[-1].append(step)
    return found


def test_the_settings_are_read_where_this_test_looks():
    assert variables()["SOJOURN_SECRET_KEY"] == "required"
    assert variables()["SOJOURN_BIND"] == "directly"
    assert len(variables()) > 15


@pytest.mark.parametrize("service", OF_THE_NODE)
def test_every_required_variable_is_passed_on(service):
    required = {name for name, how in variables().items() if how == "required"}
    # The node starts without these two, and then answers nobody.
    required |= {"SOJOURN_ALLOWED_HOSTS", "SOJOURN_HOSTS_PROVINCES"}

    assert required - set(SERVICES[service]["environment"]) == set()


@pytest.mark.parametrize("service", OF_THE_NODE)
def test_every_process_is_told_of_vault_registry_and_keyring(service):
    told = {"SOJOURN_VAULT", "SOJOURN_REGISTRY", "SOJOURN_REGISTRARS", "SOJOURN_REGISTRARS_NEEDED"}
    told |= {"SOJOURN_KEYRING", "SOJOURN_FILES"}

    assert told - set(variables()) == set()
    assert told - set(SERVICES[service]["environment"]) == set()


def test_private_keys_lie_with_the_workers_only():
    mounted = {
        name: {volume.partition(":")[0] for volume in settings.get("volumes", [])}
        for name, settings in SERVICES.items()
    }

    assert [name for name, volumes in mounted.items() if "vault" in volumes] == ["worker"]
    assert {name for name, volumes in mounted.items() if "registry" in volumes} == {"web", "worker"}
    assert {name for name, volumes in mounted.items() if "keyring" in volumes} == {"web", "worker"}
    assert {name for name, volumes in mounted.items() if "files" in volumes} == {"web", "worker"}
    assert mounted["db"] & {"vault", "registry", "keyring"} == set()
    places = {
        volume.split(":")[1] for name in ("worker", "web", "beat") for volume in SERVICES[name]["volumes"]
    }
    made = next(words for name, words in stages()[-1] if name == "RUN")
    assert all(place in made.split() for place in places)


@pytest.mark.parametrize("service", OF_THE_NODE)
def test_no_service_is_given_a_variable_that_nothing_reads(service):
    given = set(SERVICES[service]["environment"])

    assert given - set(variables()) == set()
    assert given & NEVER == set()


def test_no_secret_has_a_default():
    text = (house.ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    secrets = re.findall(r"\$\{([A-Z_]*(?:PASSWORD|SECRET_KEYS?))([^}]*)\}", text)

    assert {name for name, _ in secrets} >= {
        "POSTGRES_PASSWORD",
        "SOJOURN_SECRET_KEY",
        "SOJOURN_APP_PASSWORD",
    }
    assert {name for name, rest in secrets if not rest.startswith(":?")} == {"SOJOURN_OLD_SECRET_KEYS"}
    assert ("SOJOURN_OLD_SECRET_KEYS", ":-") in secrets


def test_only_the_migration_works_as_the_owner():
    urls = {name: SERVICES[name]["environment"]["DATABASE_URL"] for name in OF_THE_NODE}

    assert urls.pop("migrate").startswith("postgres://sojourn_owner:")
    assert all(url.startswith("postgres://sojourn_app:") for url in urls.values())


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_services_are_confined(service):
    settings = SERVICES[service]

    assert settings["read_only"] is True
    assert settings["user"] not in {"root", "0", "0:0"}
    assert settings["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in settings["security_opt"]


@pytest.mark.parametrize("service", sorted(set(SERVICES) - {"migrate"}))
def test_every_lasting_service_has_a_health_check(service):
    assert SERVICES[service]["healthcheck"]["test"]
    assert SERVICES[service]["restart"] == "unless-stopped"


def test_only_the_web_server_is_reached_from_outside():
    assert [name for name, settings in SERVICES.items() if "ports" in settings] == ["web"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_the_roles_of_the_database_come_from_the_documented_script():
    script = (house.ROOT / COMPOSE["configs"]["roles"]["file"]).read_text(encoding="utf-8")

    for variable in re.findall(r"\\getenv \w+ (\w+)", script):
        assert variable in SERVICES["db"]["environment"]
    assert "BUILTIN_LOCALE 'C.UTF-8'" in script


def test_the_dockerfile_uses_only_known_instructions():
    assert {name for name, _ in steps()} <= INSTRUCTIONS
    assert all(words.startswith("python:3.11-slim") for name, words in steps() if name == "FROM")


def test_the_image_installs_the_locked_production_packages_only():
    copied = [words for name, words in steps() if name == "COPY" and "requirements" in words]
    installs = [words for name, words in steps() if name == "RUN" and "pip install" in words]

    assert copied == ["requirements/prod.txt /requirements.txt"]
    assert len(installs) == 1
    assert "--require-hashes -r /requirements.txt" in installs[0]


def test_the_image_holds_every_wing_and_compiles_what_people_see():
    built = [words for name, words in steps() if name == "RUN"]

    for wing in (*house.WINGS, "templates"):
        assert ("COPY", f"{wing} {wing}") in steps()
    assert any("manage.py messages --compile" in words for words in built)
    assert any("manage.py collectstatic --noinput" in words for words in built)


def test_the_image_runs_as_an_ordinary_user_and_keeps_no_variable_of_the_build():
    last = stages()[-1]
    kept = " ".join(words for name, words in last if name == "ENV")

    assert [words for name, words in last if name == "USER"] == [SERVICES["web"]["user"]]
    assert not {name for name, how in variables().items() if how == "required" and name in kept}


def test_the_image_leaves_the_local_services_out():
    ignored = (house.ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert ignored.index("sojourn/local") > ignored.index("!sojourn")
    assert next(line for line in ignored if line and not line.startswith("#")) == "*"


@pytest.fixture
def readiness():
    """A web server that answers as told and remembers what it was asked."""
    asked = []

    class Answer(http.server.BaseHTTPRequestHandler):
        status = 200

        def do_GET(self):
            asked.append((self.path, self.headers["Host"], self.headers["X-Forwarded-For"]))
            self.send_response(Answer.status)
            self.end_headers()

        def log_message(self, *_words):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1], Answer, asked
        server.shutdown()
        thread.join()


def test_the_health_check_asks_as_a_watcher_behind_the_trusted_proxies(readiness, monkeypatch):
    port, _, asked = readiness
    monkeypatch.setenv("SOJOURN_BIND", f"0.0.0.0:{port}")
    monkeypatch.setenv("SOJOURN_ALLOWED_HOSTS", ".sojourn.example, other.example")
    monkeypatch.setenv("SOJOURN_TRUSTED_PROXIES", "2")

    assert probe.is_ready()
    assert asked == [("/readyz", "sojourn.example", "127.0.0.1, 127.0.0.1")]


def test_the_health_check_sends_no_forwarded_address_where_no_proxy_is_trusted(readiness, monkeypatch):
    port, _, asked = readiness
    monkeypatch.setenv("SOJOURN_BIND", f"0.0.0.0:{port}")
    monkeypatch.setenv("SOJOURN_ALLOWED_HOSTS", "sojourn.example")
    monkeypatch.delenv("SOJOURN_TRUSTED_PROXIES", raising=False)

    assert probe.is_ready()
    assert asked == [("/readyz", "sojourn.example", None)]


def test_the_health_check_fails_while_the_node_is_not_ready(readiness, monkeypatch):
    port, answer, _ = readiness
    monkeypatch.setenv("SOJOURN_BIND", f"0.0.0.0:{port}")
    answer.status = 503

    assert not probe.is_ready()


def test_the_health_check_fails_where_nothing_answers(monkeypatch):
    monkeypatch.setenv("SOJOURN_BIND", "0.0.0.0:1")

    assert not probe.is_ready()
