// The page: trains an epoch a frame, draws, and says what came out. A slow machine draws less often.
"use strict";

(() => {
  const { epochs: EPOCHS, looks } = AsyT.draws;
  const METHODS = Object.keys(looks);
  // Milliseconds: an epoch is due each PACE, and what is late is made up for in TURN a frame at most.
  const PACE = 33, TURN = 100;
  const FRAME = `
    <form class="trainer-controls" aria-label="What is trained"></form>
    <p class="trainer-buttons">
      <button type="button" name="train"></button>
      <button type="button" name="one">One epoch</button>
      <button type="button" name="again">Start again</button>
      <label>Address of this setting <input readonly class="trainer-address"></label>
    </p>
    <p role="status" aria-live="polite" class="trainer-status"></p>
    <div class="trainer-charts">
      <figure><figcaption>Test accuracy: medians, and 5-95 % of the chips</figcaption><div class="trainer-accuracy"></div></figure>
      <figure><figcaption>Angle between chip and model under AsyT (Eq. 8)</figcaption><div class="trainer-angle"></div></figure>
    </div>
    <table class="trainer-table"><caption></caption>
      <thead><tr><th scope="col">method</th><th scope="col">median</th><th scope="col">5-95 %</th></tr></thead>
      <tbody></tbody></table>`;

  class Page {
    constructor(host) {
      for (const still of host.children) still.hidden = true;
      const live = document.createElement("div");
      live.className = "trainer-live";
      live.innerHTML = FRAME;
      host.append(live);
      this.find = (selector) => live.querySelector(selector);
      this.sliders = new AsyT.sliders.Sliders(this.find("form"), () => this.restart());
      this.find("[name=train]").addEventListener("click", () => this.toggle());
      this.find("[name=one]").addEventListener("click", () => this.one());
      this.find("[name=again]").addEventListener("click", () => this.restart());
      this.find(".trainer-address").addEventListener("focus", ({ target }) => target.select());
      window.addEventListener("hashchange", () => this.follow());
      window.addEventListener("resize", () => this.draw());
      this.follow();
    }

    follow() {
      this.refused = this.sliders.follow(location.hash);
      this.restart();
      this.refused = [];
    }

    // From the initial values, with what the sliders say.
    restart() {
      this.trainer = new AsyT.training.Trainer(this.sliders.setting());
      this.measured = [];
      this.measure();
      this.find(".trainer-address").value = new URL(this.sliders.address(), location).href;
      this.say(["Training.", ...this.refused].join(" "));
      this.run();
    }

    run() {
      this.running = true;
      cancelAnimationFrame(this.frame);
      const began = performance.now() - PACE * this.trainer.epoch;
      const next = () => {
        if (!this.running) return;
        if (this.done()) return this.stop(`Done. ${this.summary()}`);
        this.advance();
        this.catchUp(began);
        this.draw();
        this.frame = requestAnimationFrame(next);
      };
      this.frame = requestAnimationFrame(next);
      this.draw();
    }

    // Drawing takes longer than training: train what is due before drawing again.
    catchUp(began) {
      const now = performance.now();
      const due = Math.min(EPOCHS, (now - began) / PACE);
      while (this.trainer.epoch < due && performance.now() - now < TURN) this.advance();
    }

    stop(said) {
      this.running = false;
      this.draw();
      this.say([said, ...this.refused].join(" "));
    }

    done() {
      return this.trainer.epoch >= EPOCHS;
    }

    advance() {
      this.trainer.runEpoch();
      this.measure();
    }

    toggle() {
      if (this.running) return this.stop(`Paused. ${this.summary()}`);
      return this.done() ? this.restart() : this.run();
    }

    one() {
      if (this.done()) return this.restart();
      this.running = false;
      this.advance();
      return this.stop(this.summary());
    }

    // Median and 5-95 % of every quantity, accuracies in percent.
    measure() {
      const found = {};
      for (const [name, values] of Object.entries(this.trainer.measure())) {
        const scale = name === "angle" ? 1 : 100;
        found[name] = AsyT.chart.spread(values.map((value) => scale * value));
      }
      this.measured.push(found);
    }

    last(name) {
      const { low, centre, high } = this.measured.at(-1)[name];
      return { middle: Math.round(centre), range: `${Math.round(low)} to ${Math.round(high)}` };
    }

    summary() {
      const parts = METHODS.map((name) => `${looks[name].label} ${this.last(name).middle} %`);
      const angle = `angle ${this.last("angle").middle} degrees`;
      return `After epoch ${this.trainer.epoch}: ${[...parts, angle].join(", ")} (medians).`;
    }

    say(text) {
      this.find(".trainer-status").textContent = text;
    }

    draw() {
      const curve = (name, quantity) => (
        { ...looks[name], spreads: this.measured.map((found) => found[quantity]) });
      const said = this.summary();
      AsyT.chart.draw(this.find(".trainer-accuracy"), {
        curves: METHODS.map((name) => curve(name, name)),
        epochs: EPOCHS, most: 100, step: 20, quantity: "test accuracy (%)", said,
      });
      AsyT.chart.draw(this.find(".trainer-angle"), {
        curves: [curve("asyt", "angle")],
        epochs: EPOCHS, most: 90, step: 30, quantity: "angle (degrees)", said,
      });
      this.table();
      this.find("[name=train]").textContent = this.running ? "Pause" : "Train";
    }

    table() {
      const line = (title, middle, range) => `<tr><th scope="row">${title}</th>`
        + `<td data-label="median">${middle}</td><td data-label="5-95 %">${range}</td></tr>`;
      const row = (name) => {
        const { middle, range } = this.last(name);
        const { label, colour } = looks[name];
        const key = `<span class="trainer-key" style="--method: ${colour}"></span>`;
        return line(key + label, `${middle} %`, name === "ideal-bp" ? "no chip" : `${range} %`);
      };
      const angle = this.last("angle");
      const turned = line("angle, AsyT", `${angle.middle}\u00b0`, `${angle.range}\u00b0`);
      this.find("tbody").innerHTML = METHODS.map(row).join("") + turned;
      this.find("caption").textContent = `After epoch ${this.trainer.epoch} of ${EPOCHS}, `
        + `${AsyT.draws.errors.length} chips`;
    }
  }

  AsyT.page = new Page(document.getElementById("trainer"));
})();
