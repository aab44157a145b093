// The sliders: what each sets, the equation it changes, and the address that keeps their values.
"use strict";

AsyT.sliders = (() => {
  const { published } = AsyT.draws;
  const percent = (value) => `${Math.round(100 * value)} %`;
  const plain = (value) => value.toFixed(2);

  // decibels of a noise whose standard deviation is a share of the signal
  function noise(value) {
    if (value === 0) return "none";
    return `${percent(value)} of the signal (${(-20 * Math.log10(value)).toFixed(1)} dB)`;
  }

  const SLIDERS = [
    {
      name: "distortion", label: "Distortion", min: 0, max: 1.2, step: 0.05, read: percent,
      equation: "f_p(W) = (1 + \\mathbf{P_{sys}})\\,W, \\quad P_{sys} \\sim \\mathcal N(0, \\sigma^2)",
      says: "Standard deviation of the error of every weight of every chip (Eq. 9).",
    },
    {
      name: "noise", label: "Noise", min: 0, max: 0.6, step: 0.02, read: noise,
      equation: "z \\leftarrow z + \\mathbf{N_{rand}}, \\quad N_{rand} \\sim \\mathcal N(0, s^2\\,\\overline{z^2})",
      says: "Added to every net output in every pass, as a share of the signal (Eq. 9).",
    },
    {
      name: "mixing", label: "Mixing ratio M\u2082", min: 0, max: 1, step: 0.05, read: plain,
      equation: "\\Delta W = (1 - \\mathbf{M_2})\\,\\Delta W_{dig} + \\mathbf{M_2}\\,\\Delta W_{pseudo}",
      says: "Share of the chip's own error in the update of AsyT; M\u2081 is the rest (Eq. 3).",
    },
    {
      name: "rate", label: "Learning rate \u03b1", min: 0.05, max: 1, step: 0.05, read: plain,
      equation: "W \\leftarrow W - \\boldsymbol{\\alpha}\\,\\Delta W",
      says: "Size of a step of all four methods (Eq. 2).",
    },
    {
      name: "draw", label: "Draw", min: 0, max: AsyT.draws.draws.length - 1, step: 1, read: String,
      equation: "W_{0,dig} = W_{0,phy}",
      says: "Which split, initial values and order of the samples; the chips stay the same.",
    },
  ];

  function row({ name, label, min, max, step, equation, says }) {
    return `<div class="trainer-slider"><label for="trainer-${name}">${label}</label>`
      + `<output for="trainer-${name}"></output>`
      + `<input type="range" id="trainer-${name}" name="${name}" min="${min}" max="${max}"`
      + ` step="${step}" aria-describedby="trainer-${name}-says">`
      + `<span class="math notranslate nohighlight trainer-equation">\\(${equation}\\)</span>`
      + `<small id="trainer-${name}-says">${says}</small></div>`;
  }

  class Sliders {
    constructor(host, changed) {
      host.innerHTML = SLIDERS.map(row).join("");
      this.inputs = SLIDERS.map(({ name }) => host.querySelector(`[name=${name}]`));
      for (const input of this.inputs) {
        input.addEventListener("input", () => {
          this.show();
          history.replaceState(null, "", this.address());
          changed();
        });
      }
    }

    // { distortion, noise, mixing, rate, draw }
    setting() {
      return Object.fromEntries(this.inputs.map((input) => [input.name, Number(input.value)]));
    }

    address() {
      return `#${new URLSearchParams(this.setting())}`;
    }

    // Sets the sliders as an address asks; returns what it could not have.
    follow(hash) {
      const asked = new URLSearchParams(hash.slice(1));
      const refused = [];
      for (const input of this.inputs) {
        input.value = published[input.name];
        const text = asked.get(input.name);
        if (text === null) continue;
        const number = text.trim() === "" ? NaN : Number(text);
        if (Number.isFinite(number)) input.value = number;
        if (Math.abs(Number(input.value) - number) <= 1e-9) continue;
        const range = `${input.min} to ${input.max} in steps of ${input.step}`;
        refused.push(`${input.name}=${text} is not on its slider (${range}): ${input.value} is used.`);
      }
      this.show();
      return refused;
    }

    show() {
      SLIDERS.forEach(({ read }, i) => {
        const input = this.inputs[i];
        const said = read(Number(input.value));
        input.setAttribute("aria-valuetext", said);
        input.parentElement.querySelector("output").textContent = said;
      });
    }
  }

  return { Sliders };
})();
