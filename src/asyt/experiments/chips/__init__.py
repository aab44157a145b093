"""Small networks on simulated photonic chips: AsyT Figs. 2 to 4."""
