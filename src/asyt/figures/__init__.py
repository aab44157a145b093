"""Draw: a tidy table becomes a picture. One file a figure id; the folder is the registry.

`asyt.figures.drawing` says what a file holds, and finds it.
"""
