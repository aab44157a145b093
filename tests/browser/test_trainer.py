"""The trainer in the browser: the library's numbers, sliders, the address, the keyboard."""

import importlib.util
import json
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

BOOK = Path(__file__).resolve().parents[2] / "book"

spec = importlib.util.spec_from_file_location("book_trainer", BOOK / "trainer.py")
trainer = importlib.util.module_from_spec(spec)
spec.loader.exec_module(trainer)

EPOCHS = 50
SETTINGS = {
    "published": trainer.Setting(),
    "noisy": trainer.Setting(noise=0.3),
    "far": trainer.Setting(distortion=1.0, noise=0.6, mixing=1.0, rate=1.0, draw=1),
    "exact": trainer.Setting(distortion=0.0, mixing=0.0, rate=0.05, draw=2),
}
#: Here pseudo IP-BP turns chaotic on some chips.
CHAOTIC = trainer.Setting(distortion=1.2, mixing=1.0, rate=1.0, draw=1)
RUN = """(setting) => {
  const trainer = new AsyT.training.Trainer(setting);
  const flat = (chips) => chips.flatMap((layers) => layers.flatMap(
    (layer) => [...layer.weight, ...layer.bias]));
  const found = [];
  for (let epoch = 0; epoch <= EPOCHS; epoch++) {
    if (epoch) trainer.runEpoch();
    found.push({ ...trainer.measure(), "asyt controls": flat(trainer.controls["asyt"]),
      "pseudo-ip-bp controls": flat(trainer.controls["pseudo-ip-bp"]) });
  }
  return found;
}""".replace("EPOCHS", str(EPOCHS))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The page as the book has it, without the book around it."""
    folder = tmp_path_factory.mktemp("trainer")
    shutil.copytree(BOOK / "extra" / "trainer", folder / "trainer")
    trainer.write(folder / "trainer")
    markup = (BOOK / "browser-trainer.md").read_text(encoding="utf-8")
    tags = [line for line in markup.splitlines() if line.startswith(("<script", "<link"))]
    body = "\n".join(tags)
    page = (
        f'<!DOCTYPE html><html lang="en"><title>t</title><div id="trainer"><p>still</p></div>{body}'
    )
    (folder / "page.html").write_text(page, encoding="utf-8")
    return folder


@pytest.fixture
def page(browser, folder):
    """The page, opened from a file."""
    page = browser.new_page()
    failed = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.on("console", lambda said: failed.append(said.text) if said.type == "error" else None)
    page.goto((folder / "page.html").as_uri())
    yield page
    page.close()
    assert failed == []


def compare(found, expected, quantities):
    """Hold quantities to 1e-6 after every epoch: fractions, weights, and angles in radians."""
    assert len(found) == len(expected) == EPOCHS + 1
    for here, there in zip(found, expected, strict=True):
        assert here.keys() == there.keys()
        for name in quantities:
            unit = np.pi / 180 if name == "angle" else 1.0
            pair = np.multiply(here[name], unit), np.multiply(there[name], unit)
            np.testing.assert_allclose(*pair, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", SETTINGS)
def test_browser_finds_the_numbers_of_the_library(page, name):
    expected = trainer.reference(SETTINGS[name], EPOCHS)
    compare(page.evaluate(RUN, asdict(SETTINGS[name])), expected, expected[0].keys())


def test_settings_make_other_numbers():
    """Guards the test above against comparing one run with itself."""
    last = [trainer.reference(setting, 2)[-1]["asyt controls"] for setting in SETTINGS.values()]
    for one, other in zip(last, last[1:], strict=False):
        assert np.abs(np.subtract(one, other)).max() > 0.01


def test_only_pseudo_ip_bp_is_chaotic_and_in_the_library_too(page, monkeypatch):
    expected = trainer.reference(CHAOTIC, EPOCHS)
    stable = [name for name in expected[0] if not name.startswith("pseudo-ip-bp")]
    compare(page.evaluate(RUN, asdict(CHAOTIC)), expected, stable)
    initial = trainer.Perceptron.initial

    def nudged(*arguments):
        first, *others = initial(*arguments)
        return [first.map(lambda tensor: tensor + 1e-12), *others]

    monkeypatch.setattr(trainer.Perceptron, "initial", nudged)
    parted = trainer.reference(CHAOTIC, EPOCHS)
    far = {
        name: np.abs(np.subtract(parted[-1][name], expected[-1][name])).max()
        for name in ("asyt controls", "pseudo-ip-bp controls")
    }
    assert far["asyt controls"] < 1e-6 < 0.1 < far["pseudo-ip-bp controls"]


def test_asyt_without_the_chips_error_is_insilico_bp():
    for after in trainer.reference(trainer.Setting(noise=0.3, mixing=0.0), 5):
        assert after["asyt"] == after["insilico-bp"]


def test_exact_chips_follow_the_model_whatever_trains_them():
    after = trainer.reference(trainer.Setting(distortion=0.0), 5)[-1]
    for method in trainer.SHOWN:
        assert set(after[method]) == set(after["ideal-bp"])
    np.testing.assert_allclose(after["angle"], 0, atol=1e-4)


def test_the_chips_own_error_does_as_well_alone():
    half, alone = (
        np.median(trainer.reference(trainer.Setting(mixing=mixing))[-1]["asyt"])
        for mixing in (0.5, 1.0)
    )
    assert abs(half - alone) < 0.03


def test_the_draws_are_written_alike_each_time(tmp_path):
    first, second = (trainer.write(tmp_path / name).read_bytes() for name in ("a", "b"))
    assert first == second
    draws = json.loads(first.removeprefix(b"window.AsyT = { draws: ").removesuffix(b" };\n"))
    assert draws["draws"][1]["order"][0] == trainer.orders(100, (), 1, 0).tolist()
    weight = trainer.TWIN.initial(2, 1.0, 0.5, trainer.torch.float64)[0].weight
    assert draws["draws"][2]["initial"][0]["weight"] == weight.flatten().tolist()


def status(page, word):
    """What the live region says, once it has a word."""
    page.wait_for_function(
        "word => document.querySelector('[role=status]').textContent.includes(word)", arg=word
    )
    return page.locator("[role=status]").inner_text()


def test_page_trains_by_itself_and_says_what_came_out(page):
    assert "After epoch 60: Ideal BP 96 %" in status(page, "Done")
    expected = trainer.reference(trainer.Setting(), 60)[-1]
    cells = page.locator(".trainer-table td").all_inner_texts()
    medians = [np.median(expected[name]) for name in trainer.SHOWN]
    assert cells[:8:2] == [f"{100 * median:.0f} %" for median in medians]
    names = page.locator(".trainer-table tr", has_text="AsyT").first.locator("td")
    assert names.evaluate_all("all => all.map(cell => cell.dataset.label)") == ["median", "5-95 %"]
    for chart in page.locator(".trainer-charts svg").all():
        assert "After epoch 60" in chart.get_attribute("aria-label")
    assert page.get_by_text("still").is_hidden()


COUNTED = """(frame) => new Promise((done) => {
  let now = 0, drawn = 0;
  const draw = AsyT.page.draw;
  AsyT.page.draw = function () { drawn += 1; draw.call(this); };
  const stop = AsyT.page.stop;
  AsyT.page.stop = function (said) { stop.call(this, said); done(drawn); };
  performance.now = () => now;
  window.requestAnimationFrame = (next) => setTimeout(() => { now += frame; next(); });
  AsyT.page.restart();
})"""


@pytest.mark.parametrize(("frame", "drawings"), [(10, 62), (33, 62), (330, 8)])
def test_a_machine_that_is_slow_to_draw_draws_less_often(page, frame, drawings):
    status(page, "Done")
    assert page.evaluate(COUNTED, frame) == drawings
    assert page.evaluate("AsyT.page.measured.length") == 61


@pytest.mark.parametrize(
    ("slider", "key", "value"),
    [
        ("Distortion", "ArrowRight", "0.65"),
        ("Noise", "End", "0.6"),
        ("Mixing ratio M₂", "Home", "0"),
        ("Learning rate α", "ArrowLeft", "0.45"),
        ("Draw", "ArrowUp", "1"),
    ],
)
def test_every_slider_moves_by_keyboard_and_is_kept_in_the_address(page, slider, key, value):
    page.locator("body").click(position={"x": 1, "y": 1})
    for _ in range(10):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.labels?.[0]?.textContent")
        if name == slider:
            break
    assert name == slider
    before = page.locator(":focus").get_attribute("aria-valuetext")
    page.keyboard.press(key)
    focused = page.locator(":focus")
    assert focused.input_value() == value
    assert focused.get_attribute("aria-valuetext") != before
    said = focused.get_attribute("aria-describedby")
    assert "Eq." in page.locator(f"#{said}").inner_text() or slider == "Draw"
    assert f"{focused.get_attribute('name')}={value}" in page.url
    assert "After epoch 60" in status(page, "Done")


def test_buttons_work_by_keyboard(page):
    status(page, "Done")
    page.get_by_role("button", name="Start again").press("Enter")
    page.get_by_role("button", name="Pause").press("Enter")
    assert "Paused" in status(page, "Paused")
    epoch = page.evaluate("AsyT.page.trainer.epoch")
    page.get_by_role("button", name="One epoch").press("Space")
    assert page.evaluate("AsyT.page.trainer.epoch") == epoch + 1
    page.get_by_role("button", name="Train").press("Enter")
    status(page, "Done")


def test_an_address_brings_its_setting(page, folder):
    page.goto((folder / "page.html").as_uri() + "#distortion=0.9&noise=0.3&mixing=1&rate=1&draw=2")
    page.reload()
    setting = page.evaluate("AsyT.page.sliders.setting()")
    assert setting == {"distortion": 0.9, "noise": 0.3, "mixing": 1, "rate": 1, "draw": 2}
    assert page.get_by_label("Address of this setting").input_value() == page.url


@pytest.mark.parametrize(
    ("asked", "used"),
    [("distortion=7", "1.2"), ("rate=fast", "0.5"), ("noise=0.301", "0.3"), ("draw=", "0")],
)
def test_an_address_that_no_slider_has_is_said(page, folder, asked, used):
    page.goto((folder / "page.html").as_uri() + f"#{asked}")
    page.reload()
    assert f"{asked} is not on its slider" in status(page, "slider")
    name = asked.partition("=")[0]
    assert page.locator(f"[name={name}]").input_value() == used


def test_on_paper_stands_the_still_picture(page):
    status(page, "Done")
    page.emulate_media(media="print")
    assert page.get_by_text("still").is_visible()
    assert page.get_by_role("button", name="Train").count() == 0
    page.emulate_media(media="screen")
    assert page.get_by_text("still").is_hidden()


def test_without_script_a_picture_and_a_sentence_stand_there(browser, folder):
    page = browser.new_page(java_script_enabled=False)
    page.goto((folder / "page.html").as_uri())
    assert page.get_by_text("still").is_visible()
    assert page.locator("#trainer svg").count() == 0
    page.close()
    text = (BOOK / "browser-trainer.md").read_text(encoding="utf-8")
    inside = text.split('<div id="trainer">')[1].split("</div>")[0]
    assert "Without JavaScript" in inside
    assert "![Accuracy" in inside
