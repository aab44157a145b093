// A population of chips, each off by errors of its own (Eq. 9): f_p(W) = (1 + P_sys) W + N_rand.
"use strict";

AsyT.device = (() => {
  const { errors, noise, stride } = AsyT.draws;

  // What the light meets: every weight and bias times 1 + P_sys.
  function met(controls, chip, distortion) {
    const felt = AsyT.network.copy(controls);
    felt.forEach((layer, l) => {
      for (const part of ["weight", "bias"]) {
        const error = errors[chip][l][part];
        for (let i = 0; i < error.length; i++) layer[part][i] *= 1 + distortion * error[i];
      }
    });
    return felt;
  }

  // N_rand: normal numbers times a share of the signal, z's root mean square over the batch.
  function addNoise(z, share, place) {
    let squares = 0;
    for (let i = 0; i < z.length; i++) squares += z[i] * z[i];
    const signal = Math.sqrt(squares / z.length);
    for (let i = 0; i < z.length; i++) z[i] += share * signal * noise[(place + i) % noise.length];
  }

  class Population {
    constructor(distortion, share) {
      this.chips = errors.length;
      this.distortion = distortion;
      this.share = share;
      this.next = 0;
    }

    // The moment of what follows: noise of an epoch and phase begins at a place of its own.
    at(epoch, phase) {
      this.next = (3 * epoch + phase) * stride;
    }

    // A batch through all chips, whose controls are a list of networks: the read-outs a chip.
    run(controls, x, rows) {
      const widths = controls[0].map((layer) => layer.bias.length);
      const starts = [];
      for (const width of widths) {
        starts.push(this.next);
        this.next += this.chips * rows * width;
      }
      return controls.map((layers, chip) => {
        const disturb = this.share === 0 ? null : (l, z) => {
          addNoise(z, this.share, starts[l] + chip * rows * widths[l]);
        };
        const felt = met(layers, chip, this.distortion);
        return AsyT.network.forward(felt, x, rows, disturb).at(-1);
      });
    }
  }

  return { Population };
})();
