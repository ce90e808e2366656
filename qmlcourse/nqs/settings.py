"""How a ground state is searched for."""

from __future__ import annotations

from dataclasses import dataclass

METHODS = ("newton", "sr", "minsr", "gradient")


@dataclass(frozen=True)
class SearchSettings:
    """How a network is trained; the defaults serve rings of 6 to 10 atoms.

    Attributes
    ----------
    method : str
        One of ``"newton"``, ``"sr"``, ``"minsr"``, ``"gradient"``; their formulas are in the notes
        of :class:`qmlcourse.nqs.Training`.
    step : float
        eta of the step in imaginary time, 1/hartree.
    warm, begin : int, float
        ``"newton"`` takes steps of ``"sr"`` until `warm` of them are done and the variance is below
        `begin`, hartree^2; then full steps, each tried again with more damping as long as it raises
        the energy.
    regularisation, floor, decay : float
        The damping is lambda = max(floor, regularisation * decay^n) at step n.
    cap : float
        Largest change of the normalised state in one step (Fubini-Study length).
    shift : float
        Added to the excitation energies of ``"newton"``, hartree.
    tol : float
        The search is done when the variance of the energy is below this, hartree^2.

    Raises
    ------
    ValueError
        For an unknown method, and for numbers that are not positive or a floor above the
        regularisation.
    """

    method: str = "newton"
    step: float = 0.3
    warm: int = 10
    begin: float = 0.3
    regularisation: float = 1e-2
    floor: float = 1e-5
    decay: float = 0.93
    cap: float = 0.3
    shift: float = 0.1
    tol: float = 1e-9

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"no method {self.method!r}; there is {', '.join(METHODS)}.")
        for name in ("step", "cap", "shift"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be positive, not {getattr(self, name)}.")
        if not 0 < self.floor <= self.regularisation:
            raise ValueError("regularisation must be positive and not below its floor.")

    def damping(self, step: int) -> float:
        """Return the damping lambda of a step, counted from 0."""
        return max(self.floor, self.regularisation * self.decay**step)
