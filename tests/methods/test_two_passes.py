"""AsyT in two passes, and stored updates replayed: also AsyT Fig. 6c."""

import torch

from asyt.experiments import reuse
from asyt.methods.two_passes import TwoPasses

SMALL = reuse.PROFILES["smoke"]


def test_a_replay_of_other_updates_gives_other_controls():
    afresh = TwoPasses()
    wanted = reuse.trained(SMALL, torch.float64, afresh)
    first, *others = afresh.stored
    wrong = [layer.map(torch.zeros_like) for layer in first]
    replayed = reuse.trained(SMALL, torch.float64, TwoPasses(replay=iter([wrong, *others])))
    assert reuse.difference(wanted, replayed) > 1e-8


def test_an_update_is_stored_a_step_and_none_in_a_replay():
    afresh = TwoPasses()
    reuse.trained(SMALL, torch.float64, afresh)
    assert len(afresh.stored) == SMALL.steps
    replay = TwoPasses(replay=iter(afresh.stored))
    reuse.trained(SMALL, torch.float64, replay)
    assert replay.stored == []
