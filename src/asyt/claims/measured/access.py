"""AsyT Fig. 6a and b, and the energy: accesses and time-steps of chips that run."""

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.experiments import access
from asyt.photonics.converters import Interface

EXPERIMENTS = (access.EXPERIMENT,)
PAGE = "efficiency.html#fig-asyt-fig6ab"
CLAIMS = ("asyt-6a-access", "asyt-6b-timesteps", "asyt-6-energy")
OUTPUTS = access.PROFILES["paper"].outputs


def measure(table: DataFrame) -> list[Measurement]:
    """The identities; the numbers beside them are those of [784, 256, 256, 10]."""
    deep = (table.sweep == "depth") & (table.hidden == 2) & (table.channels == 1)
    mnist = table[deep].set_index("way").loc[["encapsulated", "truncated"]]
    closed, opened = mnist["extraction (s)"]
    networks = len(table) // (2 * table.channels.nunique())
    where = f"counted by running chips of {networks} networks"
    accesses = (table.accesses == table["accesses by formula"]).all()
    constant = (table[table.way == "encapsulated"].accesses == OUTPUTS).all()
    steps = table.time_steps == table["time-steps by formula"]
    energy = table["photonic energy (J)"] == Interface().photonic_w * table["extraction (s)"]
    numbers = "the numbers are those of [784, 256, 256, 10], encapsulated and truncated"
    ratio = (
        "ratio of the least energies, truncated over encapsulated, of [784, 256, 256, 10] with one "
        "converter of each kind"
    )
    return [
        Measurement(
            "asyt-6a-access",
            list(mnist.accesses),
            n=networks,
            note=f"{where}; {numbers}",
            holds=accesses and constant,
        ),
        Measurement(
            "asyt-6b-timesteps",
            list(mnist.time_steps),
            n=networks,
            note=f"{where}; of [784, 256, 256, 10]",
            holds=steps.all(),
        ),
        Measurement("asyt-6-energy", opened / closed, note=ratio, holds=energy.all()),
    ]
