"""AsyT Fig. 6a and b: what chips count while they run."""

import pytest

from asyt.experiments import access

CLOSED = {"reads": 3, "writes": 0, "accesses": 3, "time_steps": 1}
OPENED = {"reads": 12, "writes": 9, "accesses": 21, "time_steps": 3}  # M = 12, P = 3, N = 2


@pytest.mark.parametrize(("encapsulated", "wanted"), [(True, CLOSED), (False, OPENED)])
def test_a_running_chip_counts_what_the_paper_says(encapsulated, wanted):
    assert access.count((7, 5, 4, 3), encapsulated, samples=6) == wanted


def test_counters_and_formulas_agree_at_any_size():
    table = access.run(access.PROFILES["smoke"])
    assert (table.accesses == table["accesses by formula"]).all()
    assert (table.time_steps == table["time-steps by formula"]).all()
    assert set(table[table.way == "encapsulated"].accesses) == {10}


def test_a_table_a_connection_is_larger_by_their_number():
    memory = access.control_memory(1000, (5, 4, 3)).set_index("tables").MB
    assert memory.index.tolist() == [1, 32]
    assert memory.tolist() == pytest.approx([0.004, 0.128])
