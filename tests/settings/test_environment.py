import pytest
from django.core.exceptions import ImproperlyConfigured

from sojourn.settings import environment

KEY, OTHER = "0" * 64, "9f" * 32


def test_public_keys_are_read_by_name(monkeypatch):
    monkeypatch.setenv("SOJOURN_REGISTRARS", f"one:{KEY}, two:{OTHER}")

    assert environment.public_keys("SOJOURN_REGISTRARS") == {
        "one": bytes(32),
        "two": bytes.fromhex(OTHER),
    }


def test_a_node_without_registrars_has_none(monkeypatch):
    monkeypatch.delenv("SOJOURN_REGISTRARS", raising=False)

    assert environment.public_keys("SOJOURN_REGISTRARS") == {}


@pytest.mark.parametrize(
    "text", ["one", f":{KEY}", f"one:{KEY[1:]}", f"one:{KEY}0", f"one:{KEY[1:]}x", f"one:{KEY},one:{OTHER}"]
)
def test_what_is_no_list_of_keys_stops_the_node(monkeypatch, text):
    monkeypatch.setenv("SOJOURN_REGISTRARS", text)

    with pytest.raises(ImproperlyConfigured, match="SOJOURN_REGISTRARS"):
        environment.public_keys("SOJOURN_REGISTRARS")


@pytest.mark.parametrize(("text", "number"), [("", 1), ("1", 1), ("3", 3)])
def test_a_number_is_read(monkeypatch, text, number):
    monkeypatch.setenv("SOJOURN_REGISTRARS_NEEDED", text)

    assert environment.at_least_one("SOJOURN_REGISTRARS_NEEDED") == number


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5", "²"])
def test_what_is_no_number_from_one_on_stops_the_node(monkeypatch, text):
    monkeypatch.setenv("SOJOURN_REGISTRARS_NEEDED", text)

    with pytest.raises(ImproperlyConfigured, match="SOJOURN_REGISTRARS_NEEDED"):
        environment.at_least_one("SOJOURN_REGISTRARS_NEEDED")


@pytest.mark.parametrize("text", ["", "https://gateway.example/send"])
def test_messages_leave_by_a_gateway_or_not_at_all(text):
    assert environment.channel(text, is_demo=False) == text


@pytest.mark.parametrize(
    "text",
    ["console", "file:/x", "http://gateway.example/", "https://user:word@gateway.example/", "https://", "x"],
)
def test_a_node_that_serves_people_takes_no_other_way(text):
    with pytest.raises(ImproperlyConfigured, match="SOJOURN_MESSAGES"):
        environment.channel(text, is_demo=False)


@pytest.mark.parametrize("text", ["console", "file:/x"])
def test_the_demo_may_write_messages_down(text):
    assert environment.channel(text, is_demo=True) == text


@pytest.mark.parametrize(
    "text", ["", "localhost", "sojourn.example", "gd.sojourn.example,xn--fiqs8s.example"]
)
def test_passkeys_belong_to_domains(monkeypatch, text):
    monkeypatch.setenv("SOJOURN_PASSKEY_DOMAINS", text)

    assert ",".join(environment.domains("SOJOURN_PASSKEY_DOMAINS")) == text


@pytest.mark.parametrize(
    "text",
    ["127.0.0.1", "[::1]", "example", "Sojourn.example", "https://sojourn.example", "a..example", ".example"],
)
def test_what_is_no_domain_stops_the_node(monkeypatch, text):
    monkeypatch.setenv("SOJOURN_PASSKEY_DOMAINS", text)

    with pytest.raises(ImproperlyConfigured, match="SOJOURN_PASSKEY_DOMAINS"):
        environment.domains("SOJOURN_PASSKEY_DOMAINS")
