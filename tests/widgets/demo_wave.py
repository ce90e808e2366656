"""A small explorer without physics, on which the kit is tried."""

import time

import numpy as np
import traitlets

from qmlcourse.widgets import COLORS, Explorer, LiveFigure, Player, new_figure, style_axes
from qmlcourse.widgets.controls import choice, seed, slider, toggle


class Wave(Explorer):
    """A sine wave with a marker that can be dragged along the time axis."""

    name = "wave"
    title = "A wave and its spectrum"
    look_for = "Move the frequency: which of the two pictures stretches, and which one shifts?"

    cycles = traitlets.Float(2.0).tag(
        control=slider("Frequency", "Hz", 0.5, 8, 0.1, help="Periods in one second.")
    )
    height = traitlets.Float(1.0).tag(control=slider("Amplitude of the wave", "m", 0, 2, 0.05))
    moment = traitlets.Float(0.25).tag(control=slider("Moment", "s", 0, 1, 0.01))
    form = traitlets.Unicode("sine").tag(
        control=choice("Form", {"Sine": "sine", "Square": "square"})
    )
    samples = traitlets.Int(400).tag(control=slider("Samples", "", 16, 800, 1), group="more")
    damping = traitlets.Float(0.01).tag(
        control=slider("Damping", "1/s", 0.001, 10, 0.05, log=True), group="more"
    )
    noisy = traitlets.Bool(False).tag(control=toggle("Add noise"), group="more")
    noise = traitlets.Int(1).tag(control=seed("Seed of the noise"), group="more")
    marks = traitlets.List([[0.1, 0.2]]).tag(state=True)

    def __init__(self, **start):
        self.computed = 0
        self.drawn = 0
        super().__init__(**start)

    def prepare(self):
        figure = new_figure(8.4, 4.0)
        left, right = figure.subplots(1, 2, width_ratios=(3, 2))
        self.ax = style_axes(left, "time (s)", "height (m)", "Wave", grid=True)
        self.ax.set(xlim=(0, 1), ylim=(-2.2, 2.2))
        style_axes(right, "frequency (Hz)", "amplitude (m)", "Spectrum", grid=True)
        right.set(xlim=(0, 12), ylim=(0, 2.2))
        (self.line,) = left.plot([], [], color=COLORS["blue"])
        (self.marker,) = left.plot([], [], "o", color=COLORS["red"], ms=11)
        (self.bars,) = right.plot([], [], color=COLORS["green"])
        live = LiveFigure(figure)
        live.animated(self.line, self.marker, self.bars)
        live.on_drag(self.ax, self.follow)
        live.on_arrows(lambda dx, dy: self.follow(self.moment + 0.01 * dx, 0))
        live.widget.hint = "Drag the red point, or use the arrow keys."
        return live

    def follow(self, x, y):
        self.moment = min(max(x, 0.0), 1.0)

    compute_depends = ("cycles", "height", "form", "samples", "damping", "noisy", "noise")

    def compute(self, cycles, height, form, samples, damping, noisy, noise):
        self.computed += 1
        if cycles > 7.95:
            raise ValueError("This frequency is too high for this demonstration")
        time_axis = np.linspace(0, 1, samples)
        y = height * np.sin(2 * np.pi * cycles * time_axis) * np.exp(-damping * time_axis)
        if form == "square":
            y = height * np.sign(y)
        if noisy:
            y = y + 0.1 * np.random.default_rng(noise).normal(size=samples)
        frequency = np.fft.rfftfreq(4 * samples, 1 / samples)
        return {"t": time_axis, "y": y, "f": frequency, "a": 2 * abs(np.fft.rfft(y, 4 * samples))}

    def draw(self, data, state):
        self.drawn += 1
        self.line.set_data(data["t"], data["y"])
        now = np.interp(state["moment"], data["t"], data["y"])
        self.marker.set_data([state["moment"]], [now])
        self.bars.set_data(data["f"], data["a"] / state["samples"])
        self.readout = f"Height at {state['moment']:.2f} s: <b>{now:+.2f} m</b>"
        return f"A {state['form']} wave of {state['cycles']:.1f} Hz; at the marker {now:.2f} m."

    def table(self, data, state):
        return {"time (s)": data["t"], "height (m)": data["y"]}

    def extras(self):
        self.player = Player(self.tick, self.rewind, total=40, label="Let time run")
        return [self.player]

    def tick(self):
        self.moment = (self.moment + 0.02) % 1.0

    def rewind(self):
        self.moment = 0.0


class SlowWave(Wave):
    """The same with a slow part."""

    delay = 0.15
    slow_depends = ("cycles",)

    def compute_slow(self, state):
        self.begun = [*getattr(self, "begun", []), state["cycles"]]
        end = time.monotonic() + self.delay
        while time.monotonic() < end:
            if self.outdated():
                return None
            time.sleep(0.005)
        if state["cycles"] == 6.0:
            raise RuntimeError("the slow part broke")
        return {"answer": 10 * state["cycles"]}
