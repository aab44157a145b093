"""Time and energy of a chip that waits for its converters."""

from asyt.photonics.converters import Interface

CHIP = Interface(read_s=1.0, write_s=10.0, channels=4, layer_s=0.25, photonic_w=2.0)
LAYERS = (100, 5, 4, 3)


def test_extraction_time_by_hand():
    assert CHIP.extraction_s(LAYERS, True) == 1 + 0.75
    assert CHIP.extraction_s(LAYERS, False) == (2 + 1 + 1) * 1 + (2 + 1) * 10 + 0.75


def test_energy_is_power_times_that_time():
    assert CHIP.photonic_j(LAYERS, True) == 3.5


def test_energy_of_the_conversions_by_hand():
    assert Interface(read_j=1.0, write_j=10.0).interface_j(reads=3, writes=2) == 23
