"""Traditional characters where a reader looks, and nowhere else."""

import time

import pytest

from sojourn.web.traditional import SEPARATOR, converter, to_traditional


def test_words_between_tags_are_converted():
    assert to_traditional("<p>广东省的<b>养老</b>机构</p>") == "<p>廣東省的<b>養老</b>機構</p>"


@pytest.mark.parametrize("attribute", ["alt", "title", "placeholder", "label", "abbr", "aria-label"])
def test_attributes_that_a_reader_meets_are_converted(attribute):
    assert to_traditional(f'<x {attribute}="说明">') == f'<x {attribute}="說明">'
    assert to_traditional(f"<x {attribute}='说明'>") == f"<x {attribute}='說明'>"


@pytest.mark.parametrize(
    "wiring",
    [
        '<input value="东莞">',
        '<a href="/bases/?q=东莞">x</a>',
        '<option value="东莞">x</option>',
        '<p data-name="东莞" id="东莞" class="东莞">x</p>',
        '<meta name="keywords" content="东莞">',
        "<script>const 东莞 = '养老';</script>",
        "<script>if (1 < 2) { say('<p>养老</p>') }</script>",
        "<style>.x::before { content: '养老' }</style>",
        "<textarea>养老</textarea>",
        "<!-- 养老 -->",
    ],
)
def test_wiring_stays_as_it_is(wiring):
    assert to_traditional(wiring) == wiring


def test_values_stay_though_they_hold_angle_brackets():
    page = '<input value="a > 东 < b" placeholder="东 > 西">'

    assert to_traditional(page) == '<input value="a > 东 < b" placeholder="東 > 西">'


def test_the_placeholder_of_a_text_area_is_shown_and_its_content_is_not():
    page = '<textarea placeholder="说明" name="东">东莞</textarea>'

    assert to_traditional(page) == '<textarea placeholder="說明" name="东">东莞</textarea>'


@pytest.mark.parametrize("name", ['name="description"', 'property="og:title"'])
def test_the_description_that_search_results_show_is_converted(name):
    assert to_traditional(f'<meta {name} content="养老">') == f'<meta {name} content="養老">'
    assert to_traditional(f'<meta content="养老" {name}>') == f'<meta content="養老" {name}>'


def test_names_marked_as_untranslatable_stay():
    page = '<p>请<span translate="no">范先生</span>来</p>'

    assert to_traditional(page) == '<p>請<span translate="no">范先生</span>來</p>'


def test_the_mark_holds_for_all_within_until_its_own_end():
    page = '<div translate="no">于<div><div title="于">东</div>东</div>东<br>东</div><div>东</div>'

    converted = to_traditional(page)

    assert (
        converted == '<div translate="no">于<div><div title="于">东</div>东</div>东<br>东</div><div>東</div>'
    )


def test_within_a_marked_element_another_mark_can_turn_it_back():
    page = '<p translate="no">东<b translate="yes">东<i>东</i></b>东</p>东'

    assert to_traditional(page) == '<p translate="no">东<b translate="yes">東<i>東</i></b>东</p>東'


def test_a_marked_element_without_content_ends_with_its_tag():
    assert to_traditional('<img translate="no" alt="东">东') == '<img translate="no" alt="东">東'


def test_an_element_whose_name_begins_alike_does_not_end_the_marked_one():
    assert to_traditional('<b translate="no">东<br>东</b>东') == '<b translate="no">东<br>东</b>東'


def test_an_unclosed_marked_element_keeps_the_rest():
    assert to_traditional('<p translate="no">东') == '<p translate="no">东'


def test_a_page_that_holds_the_separator_is_converted_all_the_same():
    assert to_traditional(f"<p>东{SEPARATOR}西</p><p>广</p>") == f"<p>東{SEPARATOR}西</p><p>廣</p>"


def test_plain_pages_come_back_as_they_were():
    page = '<!doctype html><html lang="en"><body class="no"><p id="yes">plain</p></body></html>'

    assert to_traditional(page) == page


def test_a_page_as_large_as_pages_may_be_takes_a_moment():
    """The bound is for a busy test machine; alone it takes about 3 ms."""
    card = '<li class="card"><h3><a href="/bases/" translate="no">惠州市社会福利院</a></h3><p>床位 120 张</p></li>'
    page = card * (150_000 // len(card.encode()))
    converter().convert("预热")

    began = time.thread_time()
    to_traditional(page)

    assert time.thread_time() - began < 0.05
