"""The numbers of chapter 1 beside those of the experiment, as text."""

from __future__ import annotations

from typing import Any

from ..comparison import Comparison

UMBACH = "C. P. Umbach et al., Phys. Rev. Lett. 56, 386 (1986)"
THERMAL = "kT above the Thouless energy: as many independent energies as kT holds"


def comparisons(result: dict[str, Any]) -> list[Comparison]:
    """Return how amplitudes fall, beside the experiment and the rule for warm rings."""
    (one, _), (error, half_error) = result["exponent"], result["exponent_error"]
    return [
        Comparison("h/e falls with the number of rings as N to the", -0.5, one, error, 0, UMBACH),
        Comparison(
            "h/2e falls with the number of rings as N to the",
            0.0,
            result["exponent_of_last_three"][1],
            half_error,
            0,
            UMBACH,
            scale=0.5,
        ),
        Comparison(
            "h/e falls with temperature as T to the",
            -0.5,
            result["thermal_exponent"],
            result["thermal_exponent_error"],
            0,
            THERMAL,
        ),
    ]


def report(result: dict[str, Any]) -> str:
    """Return the experiment's exponents beside ours, as text."""
    (a1, a2), (e1, e2) = result["exponent"], result["exponent_error"]
    m1, m2 = result["mean_harmonics"]
    s1, s2 = result["mean_harmonics_error"]
    lines = [
        f"Aharonov-Bohm rings, tier {result['tier']}: {result['rings']} rings",
        "rms amplitude (e2/h)",
        f"{'rings averaged':>16} {'h/e':>17} {'h/2e':>19}",
    ]
    for n, a, e in zip(
        result["groups"], result["amplitude"], result["amplitude_error"], strict=True
    ):
        lines.append(f"{n:>16} {a[0]:>9.5f} ± {e[0]:.5f} {a[1]:>9.5f} ± {e[1]:.5f}")
    lines += [
        "exponent of N",
        "  Umbach et al. (1986), 1 to 30 loops: h/e -1/2, h/2e 0",
        f"  ours: h/e {a1:+.3f} ± {e1:.3f}, h/2e {a2:+.3f} ± {e2:.3f};",
        f"  h/2e from N = {result['groups'][-3]} on, without its sample-specific part: "
        f"{result['exponent_of_last_three'][1]:+.3f}",
        f"mean of all rings: h/e {m1:+.5f} ± {s1:.5f}, h/2e {m2:+.5f} ± {s2:.5f}",
        f"temperature: h/e falls as T^({result['thermal_exponent']:+.2f} ± "
        f"{result['thermal_exponent_error']:.2f}) from kT = {result['temperature'][-3]:g} on;",
        "  expected for kT above the Thouless energy: -1/2",
    ]
    return "\n".join(lines)
