"""The stored ensemble of the laptop tier, drawn beside what the experiment says."""

import numpy as np

from ...reproduce import ab_oscillations
from ...widgets import COLORS, new_figure, style_axes
from ..shared.full_scale import stored
from ..shared.paper_and_ours import compared


def full_scale():
    """Figure: amplitudes against the number of rings, and against temperature."""
    found = stored(ab_oscillations)
    figure = new_figure(9.6, 4.4)
    left, right = figure.subplots(1, 2)
    _against_number(left, found)
    _against_temperature(right, found)
    figure.alt = (
        f"Left: over {found['rings']} rings the h/e amplitude falls with the exponent "
        f"{found['exponent'][0]:.2f} and h/2e levels off. Right: h/e against temperature."
    )
    return figure


def paper_and_ours():
    """Exponents of the experiment and of theory beside ours, with marks; all numbers in a fold."""
    return compared(ab_oscillations, "experiment")


def _against_number(ax, stored):
    style_axes(
        ax, "rings averaged, N", "rms amplitude (e²/h)", f"{stored['rings']:,} rings", grid=True
    )
    groups, amplitude = np.array(stored["groups"]), np.array(stored["amplitude"])
    error = np.array(stored["amplitude_error"])
    looks = (("h/e", "blue", "o", "-"), ("h/2e", "orange", "s", "-."))
    for order, (label, colour, marker, dash) in enumerate(looks):
        ax.errorbar(
            groups,
            amplitude[:, order],
            error[:, order],
            label=label,
            color=COLORS[colour],
            marker=marker,
            ls=dash,
            capsize=3,
        )
    ax.plot(
        groups, amplitude[0, 0] / np.sqrt(groups), ":", color=COLORS["grey"], label="$N^{-1/2}$"
    )
    ax.set(xscale="log", yscale="log")
    ax.legend()


def _against_temperature(ax, stored):
    style_axes(ax, "kT (t)", "rms amplitude of h/e (e²/h)", "temperature", grid=True)
    temperature = np.array(stored["temperature"])
    amplitude = np.array(stored["thermal_amplitude"])[:, 0]
    error = np.array(stored["thermal_amplitude_error"])[:, 0]
    ax.errorbar(temperature, amplitude, error, color=COLORS["blue"], marker="o", capsize=3)
    rule = amplitude[-1] * np.sqrt(temperature[-1] / temperature)
    ax.plot(temperature, rule, ":", color=COLORS["grey"], label="$T^{-1/2}$")
    ax.set(xscale="log", yscale="log")
    ax.set_xticks(temperature, [f"{t:g}" for t in temperature])
    ax.set_yticks([0.03, 0.05, 0.1, 0.2], ["0.03", "0.05", "0.1", "0.2"])
    ax.minorticks_off()
    ax.legend()
