// The digital model: a perceptron, and back-propagation through it.
//
// Numbers are float64. Samples lie in rows: x is (B, in), row by row in one array. A layer is
// { weight: (out, in) row by row, bias: (out) }, and a network a list of layers.
"use strict";

AsyT.network = (() => {
  // z = W a + b (Eq. 1)
  function net(layer, a, rows) {
    const n_out = layer.bias.length;
    const n_in = layer.weight.length / n_out;
    const z = new Float64Array(rows * n_out);
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < n_out; j++) {
        let sum = layer.bias[j];
        for (let i = 0; i < n_in; i++) sum += layer.weight[j * n_in + i] * a[row * n_in + i];
        z[row * n_out + j] = sum;
      }
    }
    return z;
  }

  // Written into z.
  function sigmoid(z) {
    for (let i = 0; i < z.length; i++) z[i] = 1 / (1 + Math.exp(-z[i]));
    return z;
  }

  // a = g(z) of all layers, the inputs first; the last layer is the read-out, as it is.
  // A device disturbs its net outputs: disturb(l, z) changes z.
  function forward(layers, x, rows, disturb = null) {
    const states = [x];
    layers.forEach((layer, l) => {
      const z = net(layer, states[l], rows);
      if (disturb) disturb(l, z);
      states.push(l < layers.length - 1 ? sigmoid(z) : z);
    });
    return states;
  }

  // Class scores of a read-out, (B, P).
  function softmax(readout, classes) {
    const scores = new Float64Array(readout.length);
    for (let first = 0; first < readout.length; first += classes) {
      let most = -Infinity;
      for (let k = first; k < first + classes; k++) most = Math.max(most, readout[k]);
      let sum = 0;
      for (let k = first; k < first + classes; k++) {
        scores[k] = Math.exp(readout[k] - most);
        sum += scores[k];
      }
      for (let k = first; k < first + classes; k++) scores[k] /= sum;
    }
    return scores;
  }

  // E = dL/dz at the output, softmax with cross-entropy; a mean over the batch.
  function error(readout, labels, classes) {
    const found = softmax(readout, classes);
    labels.forEach((label, row) => { found[row * classes + label] -= 1; });
    for (let i = 0; i < found.length; i++) found[i] /= labels.length;
    return found;
  }

  // dL/dW = delta a^T (Eq. 6) and dL/db = delta (Eq. 7), summed over the samples.
  function gradient(layer, delta, a, rows) {
    const n_out = layer.bias.length;
    const n_in = layer.weight.length / n_out;
    const found = { weight: new Float64Array(n_out * n_in), bias: new Float64Array(n_out) };
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < n_out; j++) {
        const d = delta[row * n_out + j];
        found.bias[j] += d;
        for (let i = 0; i < n_in; i++) found.weight[j * n_in + i] += d * a[row * n_in + i];
      }
    }
    return found;
  }

  // delta of the layer before: W^T delta * g'(z), and g' = a (1 - a) (Eq. 5)
  function back(layer, delta, a, rows) {
    const n_out = layer.bias.length;
    const n_in = layer.weight.length / n_out;
    const before = new Float64Array(rows * n_in);
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < n_in; i++) {
        let sum = 0;
        for (let j = 0; j < n_out; j++) sum += layer.weight[j * n_in + i] * delta[row * n_out + j];
        const activation = a[row * n_in + i];
        before[row * n_in + i] = sum * activation * (1 - activation);
      }
    }
    return before;
  }

  // Back-propagates an output error through given states and weights (Eqs. 5 to 7).
  function vjp(states, layers, outputError, rows) {
    const found = [];
    let delta = outputError;
    for (let l = layers.length - 1; l >= 0; l--) {
      found.unshift(gradient(layers[l], delta, states[l], rows));
      if (l > 0) delta = back(layers[l], delta, states[l], rows);
    }
    return found;
  }

  // W <- W - rate * dL/dW (Eq. 2)
  function update(layers, change, rate) {
    layers.forEach((layer, l) => {
      for (const part of ["weight", "bias"]) {
        for (let i = 0; i < layer[part].length; i++) layer[part][i] -= rate * change[l][part][i];
      }
    });
  }

  function copy(layers) {
    return layers.map(({ weight, bias }) => (
      { weight: Float64Array.from(weight), bias: Float64Array.from(bias) }));
  }

  return { copy, error, forward, softmax, update, vjp };
})();
