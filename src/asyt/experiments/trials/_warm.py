"""Imported once before processes are forked: a short drill imports whatever a run imports.

Nothing else imports it: it computes, and sets the threads of its process.
"""

import torch

from asyt import provenance
from asyt.experiments import sources, store
from asyt.experiments.trials import drill

torch.set_num_threads(1)  # threads do not survive a fork
store.registry()
drill.run(drill.Config(epochs=1))
sources.code(drill.DRILL)
provenance.environment()
