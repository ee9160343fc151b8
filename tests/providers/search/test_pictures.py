"""A drawing for each seed."""

from providers.search.pictures import GROUND, WIDTH, picture_of


def test_the_same_seed_draws_the_same_picture():
    assert picture_of(7) == picture_of(7)


def test_other_seeds_draw_other_pictures():
    assert len({picture_of(seed) for seed in range(50)}) == 50


def test_everything_stands_on_the_ground_and_within_the_frame():
    for picture in map(picture_of, range(500)):
        for house in picture.houses:
            assert house.x >= 14
            assert house.x + house.width + 14 <= WIDTH
            assert house.y > 0
            assert house.y + house.height == GROUND
            assert all(house.x < one.x < house.x + house.width - 14 for one in house.windows)
        assert all(0 < tree.x < WIDTH and tree.top > tree.size for tree in picture.trees)
