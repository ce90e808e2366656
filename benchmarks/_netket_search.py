"""The peer of `nqs.py`: run by it in NetKet's own environment, on the same matrix and state.

python _netket_search.py PROBLEM.npz RESULT.json STEP SECONDS
"""

import json
import sys
import time

import jax.numpy as jnp
import netket as nk
import numpy as np
import scipy.sparse as sp
from netket.hilbert.constraint import DiscreteHilbertConstraint
from netket.utils import struct


class Listed(DiscreteHilbertConstraint):
    """Occupations that stand in a list (as numbers of their bits)."""

    codes: tuple = struct.field(pytree_node=False)

    def __init__(self, codes):
        self.codes = tuple(int(code) for code in codes)

    def __call__(self, states):
        bits = jnp.asarray(states) > 0
        power = 2 ** jnp.arange(bits.shape[-1], dtype=jnp.int64)
        return jnp.isin((bits * power).sum(-1), jnp.asarray(self.codes))

    def __hash__(self):
        return hash(self.codes)

    def __eq__(self, other):
        return isinstance(other, Listed) and self.codes == other.codes


class Matrix(nk.operator.DiscreteOperator):
    """A sparse matrix over all states of a space."""

    def __init__(self, hilbert, matrix):
        super().__init__(hilbert)
        self._matrix = matrix

    @property
    def dtype(self):
        return self._matrix.dtype

    @property
    def max_conn_size(self):
        return int(np.diff(self._matrix.indptr).max())

    @property
    def is_hermitian(self):
        return True

    def to_sparse(self):
        return self._matrix

    def get_conn_flattened(self, x, sections):
        raise NotImplementedError


def main(problem, result, step, seconds):
    data = np.load(problem)
    spins = 2 * data["occupations"].astype(float) - 1
    power = 2 ** np.arange(spins.shape[1], dtype=np.int64)
    codes = (data["occupations"].astype(np.int64) * power).sum(1)
    hilbert = nk.hilbert.Spin(0.5, N=spins.shape[1], constraint=Listed(np.sort(codes)))
    theirs = (np.asarray(hilbert.all_states()) > 0).astype(np.int64) @ power
    order = np.argsort(codes)[np.searchsorted(np.sort(codes), theirs)]
    matrix = sp.csr_matrix((data["data"], data["indices"], data["indptr"]), shape=(len(codes),) * 2)
    matrix = matrix[order][:, order].astype(complex).tocsr()
    model = nk.models.RBM(alpha=1, param_dtype=complex)
    state = nk.vqs.FullSumState(hilbert, model, seed=0)
    visible = spins.shape[1]
    parameters = data["parameters"]
    state.parameters = {
        "visible_bias": jnp.asarray(parameters[:visible]),
        "Dense": {
            "bias": jnp.asarray(parameters[visible : 2 * visible]),
            "kernel": jnp.asarray(parameters[2 * visible :].reshape(visible, visible)),
        },
    }
    operator = Matrix(hilbert, matrix)

    def shift(n):
        return jnp.maximum(1e-4, 1e-2 * 0.97**n)

    driver = nk.driver.VMC(
        operator,
        nk.optimizer.Sgd(step),
        variational_state=state,
        preconditioner=nk.optimizer.SR(
            nk.optimizer.qgt.QGTJacobianDense(holomorphic=True),
            diag_shift=shift,
            solver=nk.optimizer.solver.cholesky,
        ),
    )
    driver.run(1, out=(), show_progress=False)  # compiled once, before the clock starts
    energies, times = [], []
    start = time.perf_counter()

    def watch(count, log, driver):
        energies.append(float(np.real(driver.energy.mean)))
        times.append(time.perf_counter() - start)
        good = np.isfinite(energies[-1]) and energies[-1] > float(data["target"])
        return bool(good and times[-1] < seconds)

    driver.run(100_000, out=(), show_progress=False, callback=watch)
    with open(result, "w") as file:
        json.dump({"energies": energies, "times": times, "version": nk.__version__}, file)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))
