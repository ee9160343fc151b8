"""A thousand identity numbers and a thousand phones, looked for wherever they must not be."""

import binascii
import logging
import os
import re
from base64 import b64decode

import pytest
from celery import current_app
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from redis import Redis

from residents.registry import services
from residents.registry.errors import AlreadyRegistered
from residents.registry.models import ImportBatch, Resident
from sojourn.accounts.sessions import SessionStore
from sojourn.core.actors import Role
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.residents import ResidentFactory
from tests.residents.actors import staff
from tests.residents.canaries import NUMBERS, PHONES, found_in
from tests.residents.dumping import dump
from tests.residents.spreadsheets import checked
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
# Most are registered; the last hundred stand in spreadsheets that wait, are given up or were written.
REGISTERED, IN_SHEETS = 900, 100


@pytest.fixture
def residents(logged) -> list[Resident]:
    """Them all, registered or in spreadsheets, corrected, looked up, shown and once refused, with every log line kept."""
    officer = staff("440106")
    ids = services.register_residents(
        rows=[
            services.NewResident(
                "440106",
                {
                    "name": "单雪雁",
                    "identity_number": NUMBERS[n],
                    "phone": f"{PHONES[n]}、{PHONES[-n]}",
                    "contact_name": "仇归林（子女）、冼秋水",
                    "contact_phone": f"{PHONES[n // 2]}、{PHONES[n // 3]}",
                },
            )
            for n in range(REGISTERED)
        ],
        actor=officer,
    )
    found = Resident.objects.in_bulk(ids)
    rows = [found[pk] for pk in ids]
    services.correct_resident(resident_id=rows[0].pk, facts={"phone": PHONES[1]}, actor=officer)
    services.look_up_residents(identity_number=NUMBERS[2], actor=officer)
    services.find_by_phone(phone=PHONES[3], actor=officer)
    shown = services.disclose(
        resident_id=rows[4].pk,
        fields=["identity_number", "phone"],
        purpose="check_in",
        case="W-1",
        actor=officer,
    )
    assert set(shown.values()) == {NUMBERS[4], f"{PHONES[4]}、{PHONES[-4]}"}
    with pytest.raises(AlreadyRegistered):
        ResidentFactory(identity_number=NUMBERS[5], phone=PHONES[5])
    for part, verb in enumerate(("wait", "discard_import", "confirm_import", "undo_import")):
        send_sheet(part, verb, officer)
    return rows


def send_sheet(part: int, verb: str, officer) -> None:
    """A quarter of the canaries that come by spreadsheets, brought as far as this verb."""
    first = REGISTERED + part * IN_SHEETS // 4
    rows = [
        ["单雪雁", NUMBERS[n], "天河区" if n % 5 else "南岗区", f"{PHONES[n]}/{PHONES[n - 1]}"]
        for n in range(first, first + IN_SHEETS // 4)
    ]
    batch = checked(rows, officer, ["姓名", "身份证号码", "户籍所在地区", "本人电话"])
    if verb in {"confirm_import", "undo_import"}:
        services.confirm_import(batch_id=batch.pk, actor=officer)
        services.apply_import(batch_id=batch.pk)
    if verb == "undo_import":
        services.undo_import(batch_id=batch.pk, actor=officer)
        services.take_back_import(batch_id=batch.pk)
    if verb == "discard_import":
        services.discard_import(batch_id=batch.pk, actor=officer)


def test_the_search_would_see_a_canary():
    assert found_in(f"x{NUMBERS[0]} \\x{PHONES[1].encode().hex()}") == [NUMBERS[0], PHONES[1]]


@pytest.fixture
def line_of_a_fixture(logged) -> None:
    logging.getLogger("residents.registry").debug("%s", NUMBERS[0])


def test_the_search_would_see_a_canary_in_a_log(line_of_a_fixture, logged):
    logging.getLogger("django.template").warning("a line of a library", extra={"said": PHONES[0]})

    assert found_in(logged()) == [NUMBERS[0], PHONES[0]]


def test_the_search_would_see_a_canary_in_a_session():
    session = SessionStore()
    session["said"] = NUMBERS[0]
    session.save()

    assert found_in(dump()) == [NUMBERS[0]]


def test_no_canary_stands_in_a_copy_of_the_database(residents):
    text = dump()

    assert residents[0].number in text
    assert found_in(text) == []


def test_no_canary_stands_in_a_log_line(residents, logged):
    assert found_in(logged()) == []


def test_no_canary_stands_in_what_a_row_says_of_itself(residents):
    assert found_in(" ".join(f"{row} {row!r}" for row in residents)) == []


def test_no_canary_stands_on_a_page_of_the_staff_until_it_is_revealed(residents):
    user = UserFactory()
    MembershipFactory(user=user, role=Role.OFFICER, division_code="440106")
    client = sign_in(user)
    list_page = client.get(reverse("admin:registry_resident_changelist")).content.decode()
    pages = [list_page, client.get(reverse("admin:index")).content.decode()]
    for batch in ImportBatch.objects.all():
        page = client.get(reverse("admin:registry_importbatch_change", args=[batch.pk]))
        assert "可以导入" in page.content.decode() or batch.status != "checked"
        pages.append(page.content.decode())
    for row in residents[:6]:
        for name in ("change", "history", "reveal", "correct", "record-death"):
            pages.append(
                client.get(reverse(f"admin:registry_resident_{name}", args=[row.pk])).content.decode()
            )

    assert residents[0].number in list_page
    assert found_in("".join(pages)) == []


def test_no_canary_is_in_what_is_told_to_the_job_runner(
    residents, monkeypatch, django_capture_on_commit_callbacks
):
    told = []
    monkeypatch.setattr(current_app, "send_task", lambda *args, **kwargs: told.append(repr((args, kwargs))))
    officer = staff("440106")

    with django_capture_on_commit_callbacks(execute=True):
        send_sheet(0, "confirm_import", officer)

    assert any("apply_import" in each for each in told)
    assert found_in("".join(told)) == []


def test_an_export_masks_every_canary_and_is_kept_nowhere(residents, logged):
    officer = staff("440106")

    exported = services.export_residents(
        rows=Resident.objects.all(), purpose="benefit_check", case="W-3", actor=officer
    )

    assert len(exported.rows) > REGISTERED
    assert found_in(repr(exported)) == []
    assert found_in("".join(cell for row in exported.rows for cell in row)) == []
    assert found_in(dump()) == []
    assert found_in(logged()) == []


def test_a_canary_that_is_revealed_stands_in_that_answer_and_in_no_session(residents):
    user = UserFactory()
    MembershipFactory(user=user, role=Role.OFFICER, division_code="440106")
    client = sign_in(user)

    answer = client.post(
        reverse("admin:registry_resident_reveal", args=[residents[7].pk]),
        {"fields_asked": ["identity_number"], "purpose": "check_in", "case": "W-2"},
    )
    afterwards = client.get(reverse("admin:registry_resident_change", args=[residents[7].pk]))

    assert found_in(answer.content.decode()) == [NUMBERS[7]]
    assert "no-store" in answer["Cache-Control"]
    assert found_in(afterwards.content.decode()) == []
    assert found_in(dump()) == []


# --- Redis ----------------------------------------------------------------------------------------
READ = {
    "string": lambda server, key: [server.get(key)],
    "list": lambda server, key: server.lrange(key, 0, -1),
    "set": lambda server, key: list(server.smembers(key)),
    "zset": lambda server, key: server.zrange(key, 0, -1),
    "hash": lambda server, key: [part for pair in server.hgetall(key).items() for part in pair],
}


@pytest.fixture
def redis(settings, monkeypatch):
    """A real Redis whose cache, counters and jobs are those of this test alone."""
    number = 8 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    url = settings.REDIS_URL.replace("?db=0", f"?db={number}")
    broker = settings.CELERY_BROKER_URL.replace("?virtual_host=0", f"?virtual_host={number}")
    assert url != settings.REDIS_URL
    assert broker != settings.CELERY_BROKER_URL
    settings.CACHES = {"default": {"BACKEND": "sojourn.web.cache.ForgivingRedisCache", "LOCATION": url}}
    send = current_app.send_task
    with Redis.from_url(url) as server, current_app.connection_for_write(broker) as wire:
        monkeypatch.setattr(
            current_app, "send_task", lambda *args, **named: send(*args, connection=wire, **named)
        )
        server.flushdb()
        yield server
        server.flushdb()


def kept_in(server: Redis) -> str:
    """Every key and value, and beside them what stands in one of them under base64, as a job's arguments do."""
    found = [
        part for key in server.scan_iter() for part in (key, *READ[server.type(key).decode()](server, key))
    ]
    texts = [bytes(part).decode("utf-8", "replace") for part in found]
    for run in re.findall(r"[A-Za-z0-9+/]{16,}={0,2}", " ".join(texts)):
        try:
            texts.append(b64decode(run, validate=True).decode("utf-8", "replace"))
        except binascii.Error:
            continue
    return " ".join(texts)


def test_the_search_would_see_a_canary_in_redis(redis):
    cache.set(NUMBERS[0], PHONES[0])
    redis.hset("unacked", "1", NUMBERS[1])
    current_app.send_task("residents.registry.tasks.apply_import", args=[PHONES[1]])

    assert found_in(kept_in(redis)) == [*NUMBERS[:2], *PHONES[:2]]


def test_no_canary_is_left_in_redis(redis, django_capture_on_commit_callbacks, request):
    with django_capture_on_commit_callbacks(execute=True):
        rows = request.getfixturevalue("residents")
    user = UserFactory()
    MembershipFactory(user=user, role=Role.OFFICER, division_code="440106")
    client = sign_in(user)

    with django_capture_on_commit_callbacks(execute=True):
        answers = [
            client.get(reverse("admin:registry_resident_changelist")),
            client.post(reverse("admin:registry_resident_look-up"), {"identity_number": NUMBERS[8]}),
            client.post(
                reverse("admin:registry_resident_reveal", args=[rows[9].pk]),
                {"fields_asked": ["identity_number", "phone"], "purpose": "check_in", "case": "W-4"},
            ),
            Client().post(reverse("family_sign_in"), {"phone": PHONES[10]}),
            client.get("/api/v1/members/"),
        ]
    kept = kept_in(redis)

    assert [answer.status_code for answer in answers] == [200, 302, 200, 302, 200]
    assert found_in(answers[2].content.decode()) == [NUMBERS[9], PHONES[9], PHONES[-9]]
    assert "apply_import" in kept
    assert "throttle:api" in kept
    assert found_in(kept) == []
