"""A laboratory instrument in a process of its own, and thirty lines that make it a layer.

The server plays the instrument: it knows its gains and offsets, nobody else does, and it drops a
connection now and then. `Instrument` talks to it over a socket, one line of JSON a batch; replace
it by your driver.
"""

import json
import socket
import socketserver
import subprocess
import sys

import numpy as np
import torch

from asyt.devices import Device
from asyt.errors import AsytError

INPUTS, OUTPUTS = 4, 3


def twin(controls, x):
    """What the data sheet says: four light levels, three saturating detectors."""
    return torch.tanh(x @ controls.mT)


class Instrument:
    """The client: (controls, x) -> y, in NumPy."""

    def __init__(self, port: int):
        self.address = ("127.0.0.1", port)

    def __call__(self, controls, x):
        """Ask for one batch."""
        request = {"controls": np.asarray(controls).tolist(), "x": np.asarray(x).tolist()}
        with socket.create_connection(self.address, timeout=10) as line:
            line.sendall(json.dumps(request).encode() + b"\n")
            answer = line.makefile().readline()
        if not answer:
            raise ConnectionError("the instrument hung up.")
        return np.array(json.loads(answer))


class Lab(Device):
    """The same instrument as an asyt device, a population of one, for kit and trainer."""

    def __init__(self, port: int):
        super().__init__((INPUTS, OUTPUTS), population=1)
        self.instrument = Instrument(port)

    def propagate(self, controls, x):
        """One pass; the instrument has no hidden layers to show.

        Raises:
            AsytError: if the controls are not those of one chip.
        """
        weight = controls[0].weight
        if tuple(weight.shape) != (1, OUTPUTS, INPUTS):
            raise AsytError(
                f"controls of shape {tuple(weight.shape)}: this instrument is a population of one "
                f"chip, give (1, {OUTPUTS}, {INPUTS})."
            )
        readout = torch.as_tensor(self.instrument(weight[0], x))
        return [x, readout.float().unsqueeze(0)]


class Serve(socketserver.StreamRequestHandler):
    """The instrument itself, in the other process."""

    def handle(self):
        """Answer one batch, unless this is the call on which the line drops."""
        request = json.loads(self.rfile.readline())
        self.server.calls += 1
        if self.server.drops and self.server.calls % self.server.drops == 0:
            return
        weight = self.server.gain * np.array(request["controls"]) + self.server.offset
        x = np.array(request["x"]).reshape(-1, INPUTS)
        reading = np.tanh(x @ weight.T)
        self.wfile.write(json.dumps(reading.tolist()).encode() + b"\n")


def start(seed: int = 0, drops: int = 0) -> tuple[subprocess.Popen, int]:
    """Start an instrument in a second process; returns it and its port.

    Args:
        seed: of its hidden errors.
        drops: every so many calls the connection breaks; 0 is never.
    """
    process = subprocess.Popen(
        [sys.executable, __file__, str(seed), str(drops)], stdout=subprocess.PIPE, text=True
    )
    return process, int(process.stdout.readline())


def main(seed: int, drops: int) -> None:
    """Serve until terminated; the first line printed is the port."""
    hidden = np.random.default_rng(seed)
    with socketserver.TCPServer(("127.0.0.1", 0), Serve) as server:
        server.gain = 1 + 0.5 * hidden.standard_normal((OUTPUTS, INPUTS))
        server.offset = 0.3 * hidden.standard_normal((OUTPUTS, INPUTS))
        server.calls, server.drops = 0, drops
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
