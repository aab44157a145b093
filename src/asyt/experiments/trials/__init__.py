"""Faults that are tried for real: a job of a second, a process of its own, what befalls it."""
