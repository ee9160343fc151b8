"""Where a facility is, in the reader's language."""

import pytest
from django.utils import translation

from providers.search.places import name_of, place_of
from sojourn.core.actors import PUBLIC
from sojourn.provinces.models import Division, Member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("code", "chinese", "english"),
    [
        ("440106", "广东省广州市天河区", "Tianhe, Guangzhou, Guangdong"),
        ("440100", "广东省广州市", "Guangzhou, Guangdong"),
        ("500103", "重庆市渝中区", "Yuzhong, Chongqing"),
        ("610100", "陕西省西安市", "Xi’an, Shaanxi"),
        ("230100", "黑龙江省哈尔滨市", "Harbin, Heilongjiang"),
    ],
)
def test_a_place_is_a_line_of_names_without_the_headings_of_the_code_table(code, chinese, english):
    division = Division.objects.get(code=code)

    with translation.override("zh-hans"):
        assert place_of(division) == chinese
    with translation.override("en"):
        assert place_of(division) == english


def test_every_member_has_an_english_name_of_letters():
    with translation.override("en"):
        names = [name_of(member.division) for member in Member.objects.visible_to(PUBLIC)]

    assert len(set(names)) == 11
    assert all(name.isascii() and name.isalpha() and name[0].isupper() for name in names)
