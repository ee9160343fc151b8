"""The simulated member passes two healthy nodes, and fails each broken one at the right step."""

import re
from dataclasses import dataclass, replace

import httpx
import orjson
import pytest

from sojourn.sharing import api
from sojourn.sharing.conformance import feed_steps, registry_steps, request_steps, snapshot_steps
from sojourn.sharing.conformance.door import Door
from sojourn.sharing.conformance.run import STEPS, run
from sojourn.sharing.conformance.visit import Outcome, Visit
from sojourn.sharing.errors import PageNotThere
from sojourn.sharing.protocol import batches, pages, strict
from sojourn.sharing.protocol import registry as documents
from sojourn.sharing.protocol.pages import Signature
from sojourn.sharing.protocol.reasons import Reason, Refused
from tests.sharing.network import ISSUED, SUITE
from tests.sharing.resigning import lines_of, resigned
from tests.sharing.visiting import answered, changing, saying, visit_to

PAGES = "/pages/"
BASIC = STEPS[:3]
LETTING_IN = tuple(step for step in STEPS if step in BASIC or step.__module__ == request_steps.__name__)
ABOUT_THE_REGISTRY = (*BASIC, registry_steps.registry_is_stable)
ABOUT_HEADS = (*ABOUT_THE_REGISTRY, feed_steps.heads_are_exchanged, feed_steps.heads_are_signed)
ABOUT_PAGES = (
    *BASIC,
    feed_steps.heads_are_exchanged,
    feed_steps.pages_hold,
    feed_steps.pages_stay_the_same,
)
ABOUT_THE_WHOLE = (
    *BASIC,
    feed_steps.heads_are_exchanged,
    snapshot_steps.snapshots_hold,
    snapshot_steps.figures_agree,
)
MINE = bytes([9] * 32)


def failures(visit, steps=STEPS):
    return run(visit, steps).of(Outcome.FAILED)


# --- healthy ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("tested", "us"), [("44", "50"), ("50", "44")])
def test_a_healthy_node_passes_every_step(visited, tested, us):
    report = run(visit_to(visited, tested, us))

    assert [(taken.step, taken.detail) for taken in report.steps if taken.outcome != Outcome.PASSED] == []
    assert len(report.steps) == len(STEPS) == 25
    assert report.passed


def test_a_node_that_cannot_be_reached_fails_and_passes_nothing_over():
    def no_line(_request):
        raise httpx.ConnectError("refused")

    door = Door("http://127.0.0.1", "44", "node-50-1", MINE, httpx.MockTransport(no_line))

    report = run(Visit(door, "44", {}, 1))

    assert not report.passed
    assert report.of(Outcome.PASSED) == []
    assert report.steps[0].detail == "GET /keys/: no answer (ConnectError)"


# --- broken in what it lets in ------------------------------------------------------------------------
LET_IN = {
    Reason.NOT_SIGNED: request_steps.unsigned_is_refused,
    Reason.UNKNOWN_KEY: request_steps.unknown_key_is_refused,
    Reason.WRONG_TARGET: request_steps.wrong_target_is_refused,
    Reason.WRONG_TIME: request_steps.wrong_time_is_refused,
    Reason.WRONG_BODY: request_steps.wrong_body_is_refused,
    Reason.REPLAYED: request_steps.replay_is_refused,
}


@pytest.mark.parametrize("reason", LET_IN)
def test_a_node_that_lets_a_wrong_request_in_fails_at_its_step(visited, monkeypatch, reason):
    strict_admit = api.admit

    def lax(request):
        try:
            return strict_admit(request)
        except Refused as refusal:
            if refusal.reason == reason:
                return "50"
            raise

    monkeypatch.setattr(api, "admit", lax)

    assert failures(visit_to(visited), LETTING_IN) == [LET_IN[reason].__name__]


def test_a_node_that_looks_at_no_signature_fails_at_both_of_its_steps(visited, monkeypatch):
    strict_admit = api.admit

    def lax(request):
        try:
            return strict_admit(request)
        except Refused as refusal:
            if refusal.reason == Reason.BAD_SIGNATURE:
                return "50"
            raise

    monkeypatch.setattr(api, "admit", lax)

    assert failures(visit_to(visited), LETTING_IN) == ["forged_key_is_refused", "wrong_path_is_refused"]


def test_a_node_that_reads_whatever_length_fails(visited, monkeypatch):
    monkeypatch.setattr(api, "_length_of", lambda _request: 0)

    assert failures(visit_to(visited), LETTING_IN) == ["oversized_request_is_refused"]


def test_a_node_that_gives_another_reason_fails(visited, monkeypatch):
    def always_the_same(_request):
        raise Refused(Reason.BAD_SIGNATURE)

    monkeypatch.setattr(api, "admit", always_the_same)

    failed = failures(visit_to(visited), LETTING_IN)

    assert {step.__name__ for step in LET_IN.values()} <= set(failed)


def test_a_node_that_serves_what_is_not_granted_fails(visited, monkeypatch):
    def nothing_there(*_asked):
        raise PageNotThere

    monkeypatch.setattr(api, "page_for", nothing_there)

    step = feed_steps.foreign_feeds_are_refused

    assert failures(visit_to(visited), (*BASIC, step)) == [step.__name__]


# --- broken in what it answers ------------------------------------------------------------------------
@dataclass
class Breaks:
    """Ways to answer wrongly; ``key`` is the page key of the node that is broken."""

    key: bytes
    seen: int = 0

    def other_key(self, _request, answer):
        return saying(answer, resigned(answer.content, MINE))

    def lower_version(self, request, answer):
        if not str(request.url).endswith("/2/"):
            return answer
        return saying(answer, resigned(answer.content, self.key, lines=self._at_one))

    def _at_one(self, lines):
        entries = [strict.read(line) for line in lines]
        return [strict.spelt(entry | {"at": [1, 1]}) for entry in entries]

    def other_owner(self, _request, answer):
        def change(lines):
            return [line.replace(b'"id":"440000:', b'"id":"500000:') for line in lines]

        return saying(answer, resigned(answer.content, self.key, lines=change))

    def doubled_keys(self, _request, answer):
        def change(lines):
            return [line.replace(b'"op":"put"', b'"op":"put","op":"put"') for line in lines]

        return saying(answer, resigned(answer.content, self.key, lines=change))

    def altered_body(self, _request, answer):
        framed = pages.unframed(answer.content)
        lines = [re.sub(rb'"salt":"..', b'"salt":"zz', line) for line in lines_of(answer.content)]
        return saying(answer, pages.framed(framed.header_bytes, framed.signature, pages.packed(lines)))

    def skipped_number(self, request, answer):
        def change(header):
            return replace(header, no=header.no + 1)

        return saying(answer, resigned(answer.content, self.key, header=change))

    def other_bytes_each_time(self, _request, answer):
        self.seen += 1
        return saying(answer, resigned(answer.content, self.key, header=self._later))

    def _later(self, header):
        return replace(header, sealed_at=f"2026-11-22T02:00:{self.seen % 60:02d}Z")

    def oversize(self, _request, answer):
        return saying(answer, answer.content + b"\0" * 2**21)

    def redirect(self, _request, answer):
        return httpx.Response(302, headers={"Location": "http://127.0.0.2/"}, stream=httpx.ByteStream(b""))

    def other_kind(self, _request, answer):
        return saying(answer, answer.content, "text/html")

    def truncated(self, _request, answer):
        return saying(answer, answer.content[:-9])

    def gone(self, request, answer):
        if not str(request.url).endswith("/1/"):
            return answer
        return httpx.Response(404, headers=answer.headers, stream=httpx.ByteStream(b"{}"))

    def trailing(self, _request, answer):
        return saying(answer, answer.content + pages.packed([b"{}"]))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("other_key", "bad_signature"),
        ("altered_body", "wrong_digest"),
        ("lower_version", "a version does not rise"),
        ("other_owner", "wrong_owner"),
        ("doubled_keys", "not_strict"),
        ("skipped_number", "wrong_number"),
        ("oversize", "more than"),
        ("redirect", "redirects"),
        ("other_kind", "content type text/html"),
        ("truncated", "bad_packing"),
        ("trailing", "bad_packing"),
        ("gone", "404"),
        ("other_bytes_each_time", "broken_chain"),
    ],
)
def test_a_node_with_broken_pages_fails_where_they_are_read(visited, name, reason):
    breaks = Breaks(page_key(visited))

    report = run(visit_to(visited, between=changing(PAGES, getattr(breaks, name))), ABOUT_PAGES)

    told = {taken.step: taken.detail for taken in report.steps if taken.outcome is Outcome.FAILED}
    assert "pages_hold" in told
    assert reason in told["pages_hold"]
    assert set(told) <= {"pages_hold", "pages_stay_the_same"}


def page_key(nodes, member="440000"):
    return bytes.fromhex((nodes["44"].vault / "keys" / f"{member}-1.key").read_text())


def test_a_page_that_changes_after_it_was_read_is_found(visited):
    asked = {}

    def second_time_other(request, answer):
        asked[str(request.url)] = asked.get(str(request.url), 0) + 1
        if asked[str(request.url)] == 1 or str(request.url).endswith("/1/1/"):
            return answer
        framed = pages.unframed(answer.content)
        again = pages.packed(reversed(lines_of(answer.content)))
        return saying(answer, pages.framed(framed.header_bytes, framed.signature, again + b"\0"))

    visit = visit_to(visited, between=changing(PAGES, second_time_other))

    assert failures(visit, ABOUT_PAGES) == ["pages_stay_the_same"]


def reversed_order(content):
    return batches.joined(reversed(list(batches.parted(content))))


def one_page_forged(content):
    first, *others = batches.parted(content)
    return batches.joined([resigned(first, MINE), *others])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda _content: b"", "no page came"),
        (lambda content: content[:-9], "cut off"),
        (lambda content: b"x\n" + content, "length"),
        (reversed_order, "other bytes than alone"),
        (one_page_forged, "other bytes than alone"),
        (lambda content: content * 9, "for 5 places"),
    ],
)
def test_a_node_that_gives_other_pages_together_than_alone_fails(visited, change, reason):
    between = changing("/v1/pages/", lambda _request, answer: saying(answer, change(answer.content)))

    report = run(visit_to(visited, between=between), (*ABOUT_PAGES[:-2], feed_steps.pages_come_together))

    [failed] = [taken for taken in report.steps if taken.outcome is Outcome.FAILED]
    assert (failed.step, reason in failed.detail) == ("pages_come_together", True), failed.detail


def test_a_slow_node_fails(visited):
    ticks = iter(range(0, 10**9, 20))

    report = run(visit_to(visited, clock=lambda: next(ticks)), BASIC)

    assert report.steps[0].detail == "GET /keys/: longer than 30 seconds"
    assert not report.passed


# --- broken in its heads and its registry -------------------------------------------------------------
def with_heads(change):
    def between(_request, answer):
        facts = orjson.loads(answer.content)
        return saying(answer, orjson.dumps(change(facts)))

    return changing("/heads/", between)


def forged(facts):
    head = facts["heads"][0]
    value = Signature("ed25519", "440000-1", b"\0" * 64).spelt().decode()
    return facts | {"heads": [head | {"signature": value}, *facts["heads"][1:]]}


def unread(head):
    return {"header": head["header"].replace('"no":2', '"no": 2'), "signature": head["signature"]}


@pytest.mark.parametrize(
    ("change", "step"),
    [
        (forged, feed_steps.heads_are_signed),
        (lambda facts: facts | {"heads": facts["heads"][:1] * 2}, feed_steps.heads_are_exchanged),
        (
            lambda facts: facts | {"heads": [unread(h) for h in facts["heads"]]},
            feed_steps.heads_are_exchanged,
        ),
        (lambda facts: facts | {"node": "50"}, feed_steps.heads_are_exchanged),
        (lambda facts: facts | {"heads": None}, feed_steps.heads_are_exchanged),
        (lambda facts: facts | {"registry": 0}, registry_steps.registry_is_stable),
        (lambda facts: [facts], feed_steps.heads_are_exchanged),
    ],
)
def test_a_node_with_broken_heads_fails(visited, change, step):
    assert step.__name__ in failures(visit_to(visited, between=with_heads(change)), ABOUT_HEADS)


def reissued(text, private=MINE, **other):
    document = replace(documents.read(text.partition(b"\n")[0]), **other).spelt()
    value = SUITE.sign_bytes(private, documents.signed_text(document))
    return document + b"\n" + Signature("ed25519", "mine", value).spelt() + b"\n"


def with_registry(**other):
    return changing("/keys/", lambda _request, answer: saying(answer, reissued(answer.content, **other)))


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"expires_at": ISSUED.replace(month=2)}, "registry_expired"),
        ({"private": bytes([8] * 32)}, "bad_signature"),
        ({"keys": ()}, "no node's key"),
        ({"nodes": ()}, "no node 44"),
    ],
)
def test_a_node_with_a_stale_or_forged_registry_fails(visited, other, reason):
    visit = visit_to(visited, between=with_registry(**other))
    visit.registrars = {"mine": SUITE.public_of(MINE)}

    report = run(visit, ABOUT_THE_REGISTRY)

    failed = [taken for taken in report.steps if taken.outcome is Outcome.FAILED]
    assert reason in failed[0].detail
    assert failed[0].step in {"registry_is_signed_and_live", "registry_names_both"}


def test_a_registry_that_goes_back_an_edition_fails(visited):
    editions = iter([5, 4])

    def older(_request, answer):
        return saying(answer, reissued(answer.content, edition=next(editions)))

    visit = visit_to(visited, between=changing("/keys/", older))
    visit.registrars = {"mine": SUITE.public_of(MINE)}

    assert failures(visit, ABOUT_THE_REGISTRY) == ["registry_is_stable"]


def test_a_ping_that_breaks_the_node_fails(visited):
    def broken(_request, answer):
        return httpx.Response(500, headers=answer.headers, stream=httpx.ByteStream(b"<h1>"))

    assert failures(visit_to(visited, between=changing("/ping/", broken)), LETTING_IN) == ["ping_is_answered"]


# --- pages beyond their time, snapshots and figures ---------------------------------------------------
def test_a_feed_is_followed_from_the_oldest_page_that_is_kept(visited):
    def first_gone(request, answer):
        return answered(410, "page_gone") if str(request.url).endswith("/pages/1/1/") else answer

    report = run(visit_to(visited, between=changing(PAGES, first_gone)), ABOUT_PAGES)

    assert report.passed
    assert [taken.detail for taken in report.steps if taken.step == "pages_hold"] == ["8 pages of 8 feeds"]


@pytest.mark.parametrize(
    ("part", "change", "step"),
    [
        ("/all/snapshot/", lambda _request, answer: saying(answer, answer.content[:-9]), "snapshots_hold"),
        ("/snapshot/1/", lambda _request, answer: saying(answer, pages.packed([b"{}"])), "snapshots_hold"),
        ("/snapshot/1/", lambda _request, answer: answered(404, "page_not_there"), "snapshots_hold"),
        ("/digest/", lambda _request, answer: saying(answer, b"{}"), "figures_agree"),
        ("/digest/", lambda _request, answer: saying(answer, re.sub(rb",\d+\]", b",99]", answer.content)), "figures_agree"),
    ],
)  # fmt: skip
def test_a_node_with_a_broken_snapshot_or_figures_fails(visited, part, change, step):
    assert failures(visit_to(visited, between=changing(part, change)), ABOUT_THE_WHOLE) == [step]


def test_a_snapshot_that_is_being_made_is_waited_for(visited):
    waits, not_ready = [], iter([True, True])

    def later(_request, answer):
        return answered(503, "snapshot_not_ready") if next(not_ready, False) else answer

    visit = visit_to(visited, between=changing("/all/snapshot/", later))
    visit.wait = waits.append

    assert failures(visit, ABOUT_THE_WHOLE) == []
    assert len(waits) == 2
