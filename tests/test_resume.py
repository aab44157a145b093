"""A run that is killed in mid-training and resumed has the numbers of one that was not."""

import os
import subprocess
import sys
import textwrap
import time

import torch

from asyt.checkpoints import Checkpoint

#: The exit code of a process that was killed.
KILLED = 1 if os.name == "nt" else -9

RUN = textwrap.dedent(
    """
    import sys, time
    import torch
    from asyt.devices import DistortedDevice, Noise
    from asyt.methods import METHODS
    from asyt.results import Checkpoint
    from asyt.training import Branch, Data, Schedule, Trainer
    from asyt.twins import Perceptron

    def fit(path=None, pause=0.0):
        torch.set_num_threads(1)
        net = Perceptron((4, 8, 3), clip=1.0)
        g = torch.Generator().manual_seed(0)
        x, labels = torch.randn(120, 4, generator=g), torch.randint(3, (120,), generator=g)
        y = torch.eye(3)[labels]
        def chips(common):
            return DistortedDevice(net, 2, 0, distortion=0.6, noise=Noise(10, common=common))
        trainer = Trainer(
            net, net.initial(0, 0.5, 0.5), Data(x, y, x, y),
            Schedule(100, 20, 0.01, optimizer="Adam", seed=1),
            branches={
                "asyt": Branch(METHODS["asyt"], chips(False)),
                "pseudo": Branch(METHODS["pseudo-ip-bp"], chips(True)),
            },
            insilico={"insilico": chips(False)},
        )
        def when(epoch):
            time.sleep(pause)  # so that the kill comes in mid-training
            return epoch % 3 == 0
        trainer.fit(when, Checkpoint(path) if path else None, every=1)
        return trainer

    if __name__ == "__main__":
        fit(sys.argv[1], pause=0.05)
    """
)


def test_resumed_run_has_the_numbers_of_a_whole_one(tmp_path):
    script, path = tmp_path / "run.py", tmp_path / "run.pt"
    script.write_text(RUN)
    process = subprocess.Popen([sys.executable, script, path])
    try:
        deadline = time.monotonic() + 120
        while (state := Checkpoint(path).load()) is None or state["epoch"] < 4:
            assert process.poll() is None, "the run ended before it was killed"
            assert time.monotonic() < deadline, "the run wrote no checkpoint"
            time.sleep(0.01)
    finally:
        process.kill()
        code = process.wait()
    assert code == KILLED
    assert 4 <= Checkpoint(path).load()["epoch"] < 100

    names = {"__name__": "run"}
    exec(compile(RUN, script, "exec"), names)
    resumed, whole = names["fit"](path), names["fit"]()
    assert resumed.rows == whole.rows
    assert resumed.rows[-1]["epoch"] == 100
    ours, theirs = (run.state()["weights"] for run in (resumed, whole))
    assert ours.keys() == theirs.keys()
    for name in ours:
        torch.testing.assert_close(ours[name], theirs[name], rtol=0, atol=0)
    assert names["fit"](path).rows == whole.rows  # a finished run is not run again
