"""g at 200 fluxes: our ring engine beside Kwant, one thread, one run.

    python benchmarks/ab_ring.py

Both get the same ring (that of `ABRing.to_kwant`), the same energy and fluxes. Kwant is asked in
its own way, one `smatrix` a flux, and again with the leads' modes calculated before the clock
starts. Ours starts from nothing each time: no sweep is kept.
"""

from timing import one_thread, power, seconds

one_thread()

import kwant
import numpy as np

from qmlcourse.course.doctor import kwant_solver
from qmlcourse.transport import ABRing

ENERGY, FLUXES, LEAD = -2.05, np.linspace(0, 1, 200), 9
RADII = ((10, 6), (20, 12), (30, 18), (40, 24), (60, 36))
SHARE = 10  # Kwant is timed on every tenth flux, its loop is linear


def kwant_curve(system, fluxes):
    return [
        kwant.smatrix(system, ENERGY, params={"ring_flux": flux}).transmission(1, 0)
        for flux in fluxes
    ]


def main():
    print(f"Kwant {kwant.__version__} with {kwant_solver()}, one thread; {len(FLUXES)} fluxes")
    print(
        f"{'radii':>9} {'sites':>6} {'ours':>10} {'Kwant':>9} {'ratio':>7} {'leads kept':>11}"
        f" {'ratio':>7} {'largest difference':>19}"
    )
    sizes, ours = [], []
    for outer, inner in RADII:
        system = ABRing(outer, inner, LEAD).to_kwant()
        mine = seconds(lambda o=outer, i=inner: ABRing(o, i, LEAD).conductance(ENERGY, FLUXES), 5)
        some = FLUXES[::SHARE]
        theirs = SHARE * seconds(lambda s=system, f=some: kwant_curve(s, f))
        kept = system.precalculate(ENERGY, what="modes", params={"ring_flux": 0.0})
        kept_time = SHARE * seconds(lambda s=kept, f=some: kwant_curve(s, f))
        reference = kwant_curve(system, some)
        found = ABRing(outer, inner, LEAD).conductance(ENERGY, some)
        sizes.append(outer)
        ours.append(mine)
        print(
            f"{outer:>4}/{inner:<4} {len(system.sites):>6} {1e3 * mine:>7.1f} ms {theirs:>7.2f} s"
            f" {theirs / mine:>7.0f} {kept_time:>9.2f} s {kept_time / mine:>7.0f}"
            f" {np.abs(found - reference).max():>19.1e}"
        )
    print(
        f"our time grows as radius^{power(sizes[1:], ours[1:]):.1f} from radius {sizes[1]} to "
        f"{sizes[-1]}, arms of 0.4 R"
    )
    seeds, few = range(200), FLUXES[:16]
    batch = seconds(lambda: ABRing(12, 7, 5, disorder=2.0, seed=seeds).conductance(ENERGY, few), 3)
    one = ABRing(12, 7, 5, disorder=2.0, seed=0).to_kwant()
    theirs = 200 * seconds(lambda: kwant_curve(one, few))
    print(
        f"ensemble: 200 rings of radius 12 at {len(few)} fluxes: ours {batch:.2f} s, Kwant (one"
        f" ring times 200) {theirs:.0f} s, ratio {theirs / batch:.0f}"
    )


if __name__ == "__main__":
    main()
