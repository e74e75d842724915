import torch

from cnnviz.train.seeding import draw_seed, epoch_order


def test_an_epoch_sees_every_image_once_in_an_order_of_its_own():
    first, second = epoch_order(0, 0, 50), epoch_order(0, 1, 50)
    assert torch.equal(first.sort().values, torch.arange(50))
    assert not torch.equal(first, second)
    assert torch.equal(first, epoch_order(0, 0, 50))
    assert not torch.equal(first, epoch_order(1, 0, 50))


def test_seeds_of_different_purposes_places_and_trainings_differ():
    purposes, places = ("order", "dropout"), range(9)
    seeds = {draw_seed(seed, purpose, place) for seed in range(5) for purpose in purposes for place in places}
    assert len(seeds) == 90
    assert all(0 <= seed < 2**63 for seed in seeds)
