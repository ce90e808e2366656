"""The stored results of the laptop tier: readings of unseen wires, and the table of rivals."""

from ...reproduce import ynet_inversion
from ...widgets import COLORS, new_figure, style_axes
from ..shared.paper_and_ours import compared
from ._wires import Panel, distance, draw_skills, hidden, reader, rest, stored, truth


def full_scale():
    """Figure: six wires that no network has seen, with one and two antidots, and their readings.

    Returns a Matplotlib figure with an alt text.
    """
    figure = new_figure(11.4, 4.2)
    axes = figure.subplots(2, 6)
    off = []
    for column, (kind, seed) in enumerate(
        [("one", 1), ("one", 2), ("one", 3), ("two", 1), ("two", 2), ("two", 3)]
    ):
        places = hidden(kind, seed)
        true = truth(kind, places)
        found = reader(kind).decode(true["g"])
        top = Panel(axes[0, column], "the wire" if column == 0 else "")
        top.show(true["density"], true["mask"])
        low = Panel(axes[1, column], "read from g(B)" if column == 0 else "", len(places), ("red",))
        low.show(found.density, rest("one", found.removed))
        for number, place in enumerate(places):
            low.ring(number, place, ":")
        off.append(distance(found.antidots, places))
    figure.alt = (
        "Six wires above and what the network reads from their fingerprints below; the largest "
        "errors of an antidot's place are " + ", ".join(f"{e:.2f}" for e in off) + " sites."
    )
    return figure


def learning_curves():
    """Figure: how the skill grows with training wires and with fields, and what noise does.

    Returns a Matplotlib figure with an alt text.
    """
    rivals = stored()["rivals"]
    figure = new_figure(11.0, 3.6)
    axes = figure.subplots(1, 3)
    for ax, key, label in ((axes[0], "curve", "training wires"), (axes[1], "fields", "fields")):
        style_axes(ax, label, "skill", grid=True)
        known = [row[{"curve": "wires", "fields": "fields"}[key]] for row in rivals[key]]
        ax.plot(known, [row["skill"] for row in rivals[key]], "o-", color=COLORS["blue"])
        ax.set(xscale="log", ylim=(0, 1))
        ax.set_xticks(known, [f"{k:,}" for k in known], fontsize=10)
        ax.minorticks_off()
    ax = style_axes(axes[2], "temperature kT (t)", "skill", grid=True)
    draw_skills(ax, "temperature")
    ax.axvline(stored()["laboratory"]["thirty_millikelvin"], color=COLORS["red"], lw=1.4)
    ax.set(xscale="log", ylim=(-0.5, 1.02))
    ax.legend(fontsize=10)
    figure.alt = (
        "Skill of the Y-net against the number of training wires, against the number of fields, "
        "and of two readers against temperature, where a line marks 30 mK in gallium arsenide with "
        "sites of 5 nm."
    )
    return figure


def paper_and_ours():
    """The strongest rival beside our reader, with marks; all numbers in a fold."""
    return compared(ynet_inversion, "rival")
