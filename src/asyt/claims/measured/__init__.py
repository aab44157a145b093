"""Judge: tables in, measurements out. One file an experiment that answers claims; pure functions.

The folder is the registry. A file has `EXPERIMENTS`, whose tables it reads, `CLAIMS`, the ids it
answers, and `measure(*tables) -> list[Measurement]`. `PAGE` is linked from the measurements that
link none; `PROFILE` names another profile than paper.
"""
