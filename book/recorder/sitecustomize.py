"""Python imports this at its start, where the folder is on PYTHONPATH: a page is recorded."""

import uses

uses.start()
