"""The ways to a telephone, each before a gateway of our own on this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from sojourn.messages import services
from sojourn.messages.channels import Console, DeliveryFailed, File, Gateway, NoChannel, channel
from sojourn.messages.models import Message
from sojourn.messages.states import MessageStatus, Reason
from sojourn.messages.tasks import send, sweep
from tests.factories.messages import PHONE, WORDS, MessageFactory

pytestmark = pytest.mark.django_db


class FakeGateway(BaseHTTPRequestHandler):
    """Takes what it is posted, or answers as told."""

    status, body, location = 200, b'{"reference": "G-77"}', ""
    taken: list = []

    def do_POST(self):
        content = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).taken.append((self.path, dict(self.headers), json.loads(content)))
        self.send_response(type(self).status)
        if type(self).location:
            self.send_header("Location", type(self).location)
        self.end_headers()
        self.wfile.write(type(self).body)

    def log_message(self, *_words):
        pass


@pytest.fixture
def gateway():
    class Ours(FakeGateway):
        taken: list = []

    with HTTPServer(("127.0.0.1", 0), Ours) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        Ours.address = f"http://127.0.0.1:{server.server_address[1]}/send"
        yield Ours
        server.shutdown()
        thread.join()


@pytest.fixture
def by_gateway(gateway, settings):
    settings.MESSAGES, settings.MESSAGES_TOKEN = gateway.address, "not-so-secret"
    return gateway


def test_the_gateway_is_sent_the_message_once_and_its_receipt_is_kept(by_gateway):
    message = MessageFactory()

    assert send(str(message.pk)) is True
    assert send(str(message.pk)) is False

    [(path, headers, sent)] = by_gateway.taken
    assert path == "/send"
    assert headers["Authorization"] == "Bearer not-so-secret"
    assert headers["Idempotency-Key"] == str(message.pk)
    assert sent == {"id": str(message.pk), "kind": "text", "to": PHONE, "text": WORDS}
    message.refresh_from_db()
    assert (message.status, message.reference) == (MessageStatus.SENT, "G-77")


@pytest.mark.parametrize(
    ("status", "reason", "after"),
    [
        (503, Reason.BUSY, MessageStatus.WAITING),
        (429, Reason.BUSY, MessageStatus.WAITING),
        (400, Reason.DECLINED, MessageStatus.FAILED),
        (302, Reason.DECLINED, MessageStatus.FAILED),
    ],
)
def test_an_answer_that_is_no_receipt_is_a_failure(by_gateway, status, reason, after):
    by_gateway.status = status
    message = MessageFactory()

    assert send(str(message.pk)) is False

    message.refresh_from_db()
    assert (message.reason, message.status) == (reason, after)


def test_a_redirect_leads_nowhere(by_gateway):
    by_gateway.status, by_gateway.location = 307, by_gateway.address + "/elsewhere"
    message = MessageFactory()

    send(str(message.pk))

    assert [path for path, *_ in by_gateway.taken] == ["/send"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[1]",
        b'{"reference": 7}',
        b'{"reference": "' + b"9" * 200 + b'"}',
        '{"reference": "样"}'.encode(),
    ],
)
def test_a_receipt_of_another_form_is_left_alone(by_gateway, body):
    by_gateway.body = body
    message = MessageFactory()

    assert send(str(message.pk)) is True

    message.refresh_from_db()
    assert message.reference == ""


def test_where_nobody_listens_it_is_tried_again_later(settings):
    settings.MESSAGES = "http://127.0.0.1:9/"
    message = MessageFactory()

    assert send(str(message.pk)) is False

    message.refresh_from_db()
    assert (message.reason, message.status) == (Reason.UNREACHABLE, MessageStatus.WAITING)


def test_a_gateway_that_is_silent_for_too_long_has_not_taken_it():
    def silent(_request):
        raise httpx.ReadTimeout("")

    gateway = Gateway("https://gateway.example/", transport=httpx.MockTransport(silent))

    with pytest.raises(DeliveryFailed) as failed:
        gateway.deliver(services.claim(message_id=MessageFactory().pk))

    assert (failed.value.reason, failed.value.is_final) == (Reason.TIMEOUT, False)
    assert PHONE not in repr(failed.value)


def test_in_the_demo_it_stands_in_a_file_for_its_owner_alone(settings, tmp_path):
    settings.MESSAGES = f"file:{tmp_path}/messages.txt"

    send(str(MessageFactory().pk))
    send(str(MessageFactory(kind="voice", body="您的验证码\n是：1，2").pk))

    first, second = (tmp_path / "messages.txt").read_text("utf-8").splitlines()
    assert first.endswith(f"短信 {PHONE} {WORDS}")
    assert second.endswith(f"语音电话 {PHONE} 您的验证码 是：1，2")
    assert (tmp_path / "messages.txt").stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_written_is_tried_again(settings, tmp_path):
    settings.MESSAGES = f"file:{tmp_path}/nowhere/messages.txt"
    message = MessageFactory()

    assert send(str(message.pk)) is False

    message.refresh_from_db()
    assert message.reason == Reason.UNREACHABLE


def test_whoever_runs_the_job_reads_it_in_the_terminal(capsys):
    Console().deliver(services.claim(message_id=MessageFactory().pk))

    assert PHONE in capsys.readouterr().out


@pytest.mark.parametrize(
    ("named", "kind"),
    [("", NoChannel), ("console", Console), ("file:/x", File), ("https://gateway.example/", Gateway)],
)
def test_the_setting_names_the_way(settings, named, kind):
    settings.MESSAGES = named

    assert isinstance(channel(), kind)


def test_without_a_way_it_waits_and_says_why(settings):
    settings.MESSAGES = ""
    message = MessageFactory()

    assert send(str(message.pk)) is False

    message.refresh_from_db()
    assert (message.reason, message.status) == (Reason.NO_CHANNEL, MessageStatus.WAITING)


def test_neither_number_nor_words_nor_secret_reach_a_log(by_gateway, caplog):
    caplog.set_level("DEBUG")
    by_gateway.status = 503
    by_gateway.body = f"cannot send to {PHONE}: {WORDS}".encode()

    send(str(MessageFactory().pk))
    sweep()

    kept = caplog.text + " ".join(str(vars(record)) for record in caplog.records)
    assert PHONE not in kept
    assert "004217" not in kept
    assert "not-so-secret" not in kept


def test_the_sweep_tells_what_it_did():
    MessageFactory()

    assert sweep() == {"expired": 0, "announced": 1}
    assert Message.objects.count() == 1


def test_a_code_that_a_call_spells_out_stands_in_one_piece_beside_its_words(capsys):
    spelt = "您的登录验证码是：0，4，2，1，7，9。再说一遍：0，4，2，1，7，9。5 分钟内有效。"
    message = MessageFactory(kind="voice", recipient="00009000001", body=spelt)

    Console().deliver(services.claim(message_id=message.pk))

    assert capsys.readouterr().out.rstrip().endswith(f"00009000001 {spelt} [042179]")
