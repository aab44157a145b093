// Training: one digital trajectory, and on it the chips, by AsyT and by pseudo IP-BP.
"use strict";

AsyT.training = (() => {
  const { network } = AsyT;
  const { batch: BATCH, layers: LAYERS } = AsyT.draws;
  const CLASSES = LAYERS.at(-1);
  const TRAINING = 0, EVALUATION = 1, ANGLE = 2;

  // Rows of (N, n), those of a batch.
  function take(x, order) {
    const rows = new Float64Array(order.length * LAYERS[0]);
    order.forEach((sample, row) => rows.set(x[sample], row * LAYERS[0]));
    return rows;
  }

  function all(split) {
    return { x: take(split.x, split.x.map((_, i) => i)), labels: split.y, rows: split.y.length };
  }

  // The share of samples whose largest output is the right one.
  function accuracy(readout, labels) {
    let right = 0;
    labels.forEach((label, row) => {
      let largest = 0;
      for (let k = 1; k < CLASSES; k++) {
        if (readout[row * CLASSES + k] > readout[row * CLASSES + largest]) largest = k;
      }
      if (largest === label) right += 1;
    });
    return right / labels.length;
  }

  function dot(p, q) {
    let sum = 0;
    for (let i = 0; i < p.length; i++) sum += p[i] * q[i];
    return sum;
  }

  // cos beta = B^T A / (|B| |A|) (Eq. 8), as an angle in degrees.
  function angle(a, b) {
    const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    return (180 / Math.PI) * Math.acos(Math.min(1, Math.max(-1, cosine)));
  }

  // M1 E_dig + M2 E_phy: back-propagation is linear, so mixing errors mixes updates (Eq. 3).
  function mix(digital, physical, mixing) {
    return digital.map((value, i) => (1 - mixing) * value + mixing * physical[i]);
  }

  class Trainer {
    constructor(setting) {
      const drawn = AsyT.draws.draws[setting.draw];
      const population = () => new AsyT.device.Population(setting.distortion, setting.noise);
      this.setting = setting;
      this.drawn = drawn;
      this.epoch = 0;
      this.test = all(drawn.test);
      this.train = all(drawn.train);
      this.digital = network.copy(drawn.initial);
      this.devices = {
        "insilico-bp": population(), "asyt": population(), "pseudo-ip-bp": population(),
      };
      const copies = () => AsyT.draws.errors.map(() => network.copy(drawn.initial));
      this.controls = { "asyt": copies(), "pseudo-ip-bp": copies() };
    }

    // One pass over the training samples.
    runEpoch() {
      for (const device of Object.values(this.devices)) device.at(this.epoch, TRAINING);
      const order = this.drawn.order[this.epoch];
      for (let first = 0; first + BATCH <= order.length; first += BATCH) {
        this.step(order.slice(first, first + BATCH));
      }
      this.epoch += 1;
    }

    // One batch: all gradients from the states at its start, then all updates.
    step(order) {
      const x = take(this.drawn.train.x, order);
      const labels = order.map((sample) => this.drawn.train.y[sample]);
      const states = network.forward(this.digital, x, BATCH);
      const digitalError = network.error(states.at(-1), labels, CLASSES);
      const changes = {
        "asyt": this.asyt(x, labels, states, digitalError),
        "pseudo-ip-bp": this.pseudo(x, labels),
      };
      const change = network.vjp(states, this.digital, digitalError, BATCH);
      network.update(this.digital, change, this.setting.rate);
      for (const [method, chips] of Object.entries(this.controls)) {
        chips.forEach((controls, chip) => {
          network.update(controls, changes[method][chip], this.setting.rate);
        });
      }
    }

    // The chip's error and the model's, mixed, back through the digital model (Eq. 3).
    asyt(x, labels, states, digitalError) {
      return this.devices["asyt"].run(this.controls["asyt"], x, BATCH).map((readout) => {
        const error = network.error(readout, labels, CLASSES);
        const mixed = mix(digitalError, error, this.setting.mixing);
        return network.vjp(states, this.digital, mixed, BATCH);
      });
    }

    // The chip's error back through a twin that is set to the chip's own controls.
    pseudo(x, labels) {
      const controls = this.controls["pseudo-ip-bp"];
      return this.devices["pseudo-ip-bp"].run(controls, x, BATCH).map((readout, chip) => {
        const twin = controls[chip];
        const states = network.forward(twin, x, BATCH);
        return network.vjp(states, twin, network.error(readout, labels, CLASSES), BATCH);
      });
    }

    // Test accuracy of every chip a method, and the angle between each chip and the model.
    measure() {
      const { x, labels, rows } = this.test;
      const model = network.forward(this.digital, x, rows).at(-1);
      const found = { "ideal-bp": [accuracy(model, labels)] };
      for (const [method, device] of Object.entries(this.devices)) {
        device.at(this.epoch, EVALUATION);
        const readouts = device.run(this.controlsOf(method), x, rows);
        found[method] = readouts.map((readout) => accuracy(readout, labels));
      }
      found.angle = this.angles();
      return found;
    }

    // In-silico BP puts the digital model's weights on every chip.
    controlsOf(method) {
      return this.controls[method] ?? AsyT.draws.errors.map(() => this.digital);
    }

    angles() {
      const { x, rows } = this.train;
      const expected = network.softmax(network.forward(this.digital, x, rows).at(-1), CLASSES);
      const device = this.devices["asyt"];
      device.at(this.epoch, ANGLE);
      return device.run(this.controls["asyt"], x, rows).map((readout) => (
        angle(expected, network.softmax(readout, CLASSES))));
    }
  }

  return { Trainer };
})();
