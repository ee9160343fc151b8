"""The public reads beside a bare DRF view of twenty rows of the same table."""

import pytest
from django.core.management import call_command
from django.test import Client, RequestFactory

from providers.facilities.models import Facility
from tests.bench.measure import interleaved, report
from tests.bench.rival import BareList

ROUNDS = 200
RIVAL = "bare DRF view, 20 rows, no middleware"


@pytest.mark.bench
@pytest.mark.django_db
def test_public_reads(monkeypatch):
    call_command("sample_world", "small", verbosity=0)
    monkeypatch.setattr("sojourn.web.throttles.ByActor.allow_request", lambda *_: True)
    client, factory, bare = Client(), RequestFactory(), BareList.as_view()
    number = Facility.objects.filter(status="open").order_by("pk").first().number

    def page(path):
        def ask():
            answer = client.get(path)
            assert answer.status_code == 200, path

        return ask

    timings = interleaved(
        {
            RIVAL: lambda: bare(factory.get("/")).render(),
            "API list, 20 facilities": page("/api/v1/facilities/"),
            "API search, words and province": page("/api/v1/bases/?q=养老&province=44"),
            "page: list": page("/bases/"),
            "page: words in pinyin initials": page("/bases/?q=yly"),
            "page: one facility": page(f"/bases/{number}/"),
            "page: home": page("/"),
        },
        rounds=ROUNDS,
    )

    report(
        heading="Public reads", world="Sample world `small` (300 facilities)", rival=RIVAL, timings=timings
    )
    assert all(timing.median > 0 for timing in timings.values())
