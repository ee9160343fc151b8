from providers.facilities import features


def test_every_feature_stands_once_in_a_known_group():
    codes = [feature.code for feature in features.CATALOGUE]

    assert len(codes) == len(set(codes)) == 18
    assert {feature.group for feature in features.CATALOGUE} == set(features.GROUPS)


def test_the_groups_hold_the_whole_catalogue_in_order():
    shown = [feature for _, members in features.in_groups() for feature in members]

    assert sorted(shown, key=lambda f: f.code) == sorted(features.CATALOGUE, key=lambda f: f.code)
    assert [str(label) for label, _ in features.in_groups()] == [
        "就医与医保",
        "冷暖与热水",
        "无障碍",
        "入住安排",
    ]
