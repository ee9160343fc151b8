"""The guide tells the limits of law as they stand today, and none that is not live."""

import re

import pytest

from providers.search import guidance
from sojourn.core.clock import today
from sojourn.provinces.models import Rule
from tests.providers.search.reader import read

pytestmark = pytest.mark.django_db


def test_each_limit_stands_with_its_source_and_how_sure_we_are():
    page = read("/guide/")

    assert re.search(
        r"最多预收 <strong>12 个月</strong>。<span class=\"cite\">（民发〔2024〕19号，2024 版，已核原文）",
        page,
    )
    assert "凭记忆，未核原文" in page


def test_the_numbers_come_from_the_rules():
    Rule.objects.filter(key="prepaid_service_fee_months").update(value=3)

    assert "最多预收 <strong>3 个月</strong>" in read("/guide/")


def test_a_rule_that_is_not_live_is_not_told():
    Rule.objects.filter(key="prepaid_service_fee_months").update(valid_to="2020-01-01")

    assert "最多预收" not in read("/guide/")


def test_every_rule_of_the_guide_is_known():
    assert set(guidance.told_on(today())) == set(guidance.TOLD)


def test_no_sentence_is_long():
    page = re.sub(r"<span class=\"cite\">.*?</span>", "", read("/guide/"), flags=re.DOTALL)
    words = re.sub(r"<[^>]+>", "", re.search(r"<article.*?</article>", page, re.DOTALL)[0])

    assert max(len(sentence.strip()) for sentence in re.split(r"[。？！\n]", words)) <= 45
