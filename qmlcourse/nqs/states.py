"""Neural states: a complex restricted Boltzmann machine and an autoregressive network.

A state gives log amplitudes of occupations and their derivatives; fermion signs live in the
Hamiltonian, not here. Both kinds answer to the same names, so every optimiser and sampler takes
either.
"""

import math

import torch


class RBM:
    """Complex restricted Boltzmann machine.

        ln psi(s) = a.s + sum_j ln cosh(b_j + W_j.s),   s = 2 n - 1

    (G. Carleo and M. Troyer, Science 355, 602 (2017)).

    Parameters
    ----------
    parameters : (visible + hidden + visible * hidden,) complex tensor: a, b, W
    visible : number of spin orbitals

    Attributes
    ----------
    holomorphic : True: parameters are complex, and so are steps
    """

    holomorphic = True

    def __init__(self, parameters, visible):
        hidden, rest = divmod(len(parameters) - visible, visible + 1)
        if rest or hidden < 1:
            raise ValueError(
                f"{len(parameters)} parameters do not fit {visible} spin orbitals: "
                "visible + hidden + visible * hidden are needed."
            )
        self.parameters, self.visible, self.hidden = parameters, visible, hidden
        self.a, self.b = parameters[:visible], parameters[visible : visible + hidden]
        self.W = parameters[visible + hidden :].reshape(visible, hidden)

    def __repr__(self):
        return f"RBM({self.visible} spin orbitals, {self.hidden} hidden units)"

    @classmethod
    def start(cls, reference, seed, density=1.0, bias=0.3, scale=0.02, device=None):
        """Small random numbers, and a leaning to one determinant.

        Parameters
        ----------
        reference : (spin orbital,) occupations of that determinant
        seed : integer or torch.Generator
        density : hidden units for each spin orbital
        bias : weight of the leaning; 0.2 to 0.5 keeps most starts from high-lying states
        """
        spins = 2.0 * torch.as_tensor(reference, dtype=torch.float64) - 1
        visible = len(spins)
        hidden = max(1, round(density * visible))
        numbers = scale * _normal(2 * (visible + hidden + visible * hidden), seed).view(2, -1)
        parameters = torch.complex(numbers[0], numbers[1])
        parameters[:visible] += bias * spins
        return cls(parameters.to(device), visible)

    def moved(self, step):
        """The state with `step` added to its parameters."""
        return self.at(self.parameters + step)

    def at(self, parameters):
        """A state of the same shape with these parameters."""
        return type(self)(parameters, self.visible)

    def log_amplitude(self, spins):
        """(n,) complex log amplitudes of (n, visible) spins +-1 (complex tensor)."""
        return spins @ self.a + _log_cosh(self.b + spins @ self.W).sum(1)

    def derivatives(self, spins):
        """(n, parameter) derivatives of the log amplitudes."""
        active = torch.tanh(self.b + spins @ self.W)
        products = (spins[:, :, None] * active[:, None, :]).reshape(len(spins), -1)
        return torch.cat([spins, active, products], 1)


class Autoregressive:
    """Network that draws determinants of one sector exactly, without a Markov chain.

        psi(x) = sqrt(prod_o p_o(x_o | x_1 ... x_{o-1})) exp(i phi(x))

    One small network for each orbital gives the probabilities of its four occupations; those from
    which electron numbers or momentum could no longer be met are removed before normalisation, so
    that every draw lies in the sector (after T. D. Barrett, A. Malyshev and A. I. Lvovsky, Nature
    Machine Intelligence 4, 351 (2022), with momentum added).

    Parameters
    ----------
    parameters : flat real tensor
    table : Reachable
    width : hidden units for each orbital, and for the phase
    """

    holomorphic = False

    def __init__(self, parameters, table, width):
        self.parameters, self.table, self.width = parameters, table, width
        orbitals, self._shapes = table.orbitals, _shapes(table.orbitals, width)
        needed = sum(math.prod(shape) for shape in self._shapes)
        if len(parameters) != needed:
            raise ValueError(f"{needed} parameters are needed, not {len(parameters)}.")
        before = torch.arange(2 * orbitals, device=parameters.device) % orbitals
        self._before = (before < torch.arange(orbitals, device=parameters.device)[:, None]).to(
            parameters.dtype
        )

    def __repr__(self):
        return f"Autoregressive({self.table.orbitals} orbitals, width {self.width})"

    @classmethod
    def start(cls, table, seed, width=8, reference=None, bias=2.0, scale=0.1, device=None):
        """Small random numbers; with a reference determinant, its choices are made likely."""
        orbitals = table.orbitals
        sizes = [math.prod(shape) for shape in _shapes(orbitals, width)]
        numbers = scale * _normal(sum(sizes), seed)
        if reference is not None:
            occupied = torch.as_tensor(reference).long()
            choice = occupied[:orbitals] + 2 * occupied[orbitals:]
            first = sum(sizes[:3])  # where the scores' offsets begin
            numbers[first + 4 * torch.arange(orbitals) + choice] += bias
        return cls(numbers.to(device), table, width)

    def moved(self, step):
        """The state with `step` added to its parameters."""
        return self.at(self.parameters + step)

    def at(self, parameters):
        """A state of the same shape with these parameters."""
        return type(self)(parameters, self.table, self.width)

    def log_amplitude(self, spins):
        """(n,) complex log amplitudes of (n, 2 * orbital) spins +-1."""
        spins = spins.real.to(self.parameters.dtype)
        allowed = self.table.allowed(spins)
        return self._log_amplitude(self.parameters, spins, allowed)

    def derivatives(self, spins):
        """(n, parameter) complex derivatives by the real parameters."""
        spins = spins.real.to(self.parameters.dtype)
        allowed = self.table.allowed(spins)

        def parts(parameters, one, mask):
            value = self._log_amplitude(parameters, one[None], mask[None])[0]
            return torch.stack([value.real, value.imag])

        slope = torch.func.vmap(torch.func.jacrev(parts), (None, 0, 0))(
            self.parameters, spins, allowed
        )
        return torch.complex(slope[:, 0], slope[:, 1])

    def sample(self, draws, generator):
        """Determinants drawn from |psi|^2, the equal ones together.

        Parameters
        ----------
        draws : how many
        generator : torch.Generator

        Returns
        -------
        spins : (distinct, 2 * orbital) tensor of +-1
        counts : (distinct,) int tensor, their sum is `draws`

        Notes
        -----
        The tree of choices is walked orbital by orbital with a multinomial split of the counts,
        so the cost grows with the distinct determinants, not with the draws.
        """
        orbitals = self.table.orbitals
        device, dtype = self.parameters.device, self.parameters.dtype
        spins = torch.full((1, 2 * orbitals), -1.0, dtype=dtype, device=device)
        counts = torch.tensor([draws], device=device)
        left = self.table.start()
        for orbital in range(orbitals):
            allowed = self.table.choices(orbital, left)
            share = torch.exp(self._conditionals(self.parameters, spins, orbital, allowed))
            split = _multinomial(counts, share, generator)
            row, choice = torch.nonzero(split, as_tuple=True)
            spins, counts = spins[row].clone(), split[row, choice]
            spins[:, orbital] = 2.0 * (choice & 1) - 1
            spins[:, orbitals + orbital] = 2.0 * (choice >> 1) - 1
            left = self.table.after(orbital, left[row], choice)
        return spins, counts

    def _unpack(self, parameters):
        parts, start = [], 0
        for shape in self._shapes:
            size = math.prod(shape)
            parts.append(parameters[start : start + size].reshape(shape))
            start += size
        return parts

    def _conditionals(self, parameters, spins, orbital, allowed):
        w1, b1, w2, b2 = self._unpack(parameters)[:4]
        seen = spins * self._before[orbital]
        active = torch.tanh(seen @ w1[orbital] + b1[orbital])
        scores = active @ w2[orbital] + b2[orbital]
        return torch.log_softmax(scores.masked_fill(~allowed, -torch.inf), -1)

    def _log_amplitude(self, parameters, spins, allowed):
        w1, b1, w2, b2, v, c, u = self._unpack(parameters)
        seen = spins[:, None, :] * self._before
        active = torch.tanh(torch.einsum("noi,oih->noh", seen, w1) + b1)
        scores = torch.einsum("noh,ohc->noc", active, w2) + b2
        scores = torch.where(allowed, scores, torch.full_like(scores, -1e30))
        orbitals = self.table.orbitals
        taken = ((spins[:, :orbitals] > 0).long() + 2 * (spins[:, orbitals:] > 0).long())[..., None]
        log_p = torch.gather(torch.log_softmax(scores, -1), -1, taken).sum((1, 2))
        phase = torch.tanh(spins @ v + c) @ u * math.pi
        return torch.complex(0.5 * log_p, phase)


class Reachable:
    """Which occupations of an orbital still allow the electron numbers and the momentum.

    Parameters
    ----------
    crystal : Crystal
    electrons : (up, down)
    momentum : index of the total momentum
    """

    def __init__(self, crystal, electrons, momentum, device=None):
        self.orbitals, self.device = crystal.orbitals, device
        self._shape = (electrons[0] + 1, electrons[1] + 1, crystal.momenta)
        up, down, k = torch.meshgrid(*(torch.arange(n) for n in self._shape), indexing="ij")
        known = (up == 0) & (down == 0) & (k == 0)  # nothing left to place
        tables, steps = [known.ravel()], []
        index = torch.arange(known.numel()).reshape(self._shape)
        for orbital in reversed(range(self.orbitals)):
            own = int(crystal.orbital_momentum[orbital])
            move = torch.full((known.numel(), 4), -1)
            for choice in range(4):
                du, dd = choice & 1, choice >> 1
                rest = k.numpy()
                for _ in range(du + dd):
                    rest = crystal.subtract(rest, own)
                inside = (up >= du) & (down >= dd)
                target = index[
                    (up - du).clamp(min=0), (down - dd).clamp(min=0), torch.as_tensor(rest)
                ]
                good = inside & tables[-1][target]
                move[:, choice] = torch.where(good, target, -1).ravel()
            steps.append(move)
            tables.append((move >= 0).any(1))
        self._moves = torch.stack(steps[::-1]).to(device)
        self._start = int(index[-1, -1, momentum])
        if not tables[-1][self._start]:
            raise ValueError(f"no determinant of {crystal.name} has these numbers and momentum.")

    def start(self):
        return torch.tensor([self._start], device=self.device)

    def choices(self, orbital, left):
        """(n, 4) bool: what each prefix may choose at this orbital."""
        return self._moves[orbital, left] >= 0

    def after(self, orbital, left, choice):
        return self._moves[orbital, left, choice]

    def allowed(self, spins):
        """(n, orbital, 4) bool along the way of whole determinants."""
        up, down = (spins > 0).long().split(self.orbitals, 1)
        left, masks = self.start().expand(len(spins)), []
        for orbital in range(self.orbitals):
            masks.append(self.choices(orbital, left))
            left = self.after(orbital, left, up[:, orbital] + 2 * down[:, orbital])
            if (left < 0).any():
                raise ValueError("a determinant lies outside the sector of this network.")
        return torch.stack(masks, 1)


def _shapes(orbitals, width):
    """Of the two layers of all orbitals' networks, and of the two of the phase."""
    return (
        (orbitals, 2 * orbitals, width),
        (orbitals, width),
        (orbitals, width, 4),
        (orbitals, 4),
        (2 * orbitals, width),
        (width,),
        (width,),
    )


def _multinomial(counts, shares, generator):
    """(n, 4) split of each count by binomials, one choice after the other."""
    split, rest = [], counts.clone()
    weight = shares.flip(1).cumsum(1).flip(1)  # of this choice and all later ones
    for choice in range(shares.shape[1] - 1):
        chance = (shares[:, choice] / weight[:, choice].clamp(min=1e-300)).clamp(0, 1)
        drawn = torch.binomial(rest.to(shares.dtype), chance, generator=generator)
        split.append(drawn.long())
        rest = rest - split[-1]
    return torch.stack([*split, rest], 1)


def _log_cosh(z):
    z = torch.where(z.real < 0, -z, z)
    return z + torch.log1p(torch.exp(-2 * z)) - math.log(2)


def _normal(count, seed):
    if not isinstance(seed, torch.Generator):
        seed = torch.Generator().manual_seed(int(seed))
    return torch.randn(count, generator=seed, dtype=torch.float64, device=seed.device)
