"""What a Y-net must beat: the mean picture, a random other wire, and the nearest fingerprint."""

import torch


def mean_picture(samples):
    """(x, y): the mean density of the training wires over SCALE, which scores skill 0."""
    return samples.picture[:, 0].float().mean(0)


def nearest_picture(samples, traces, batch=512):
    """(pictures (sample, channel, x, y), antidots (sample, K, 3)) of the training wires whose
    fingerprints (sample, field) are nearest to `traces`."""
    found = [
        torch.cdist(part, samples.trace, compute_mode="use_mm_for_euclid_dist").argmin(1)
        for part in torch.as_tensor(traces).split(batch)
    ]
    number = torch.cat(found)
    return samples.picture[number].float(), samples.antidots[number.numpy()]


def random_picture(samples, count, seed=0):
    """(pictures, antidots) of training wires that have nothing to do with the fingerprints."""
    generator = torch.Generator().manual_seed(seed)
    number = torch.randint(len(samples), (count,), generator=generator)
    return samples.picture[number].float(), samples.antidots[number.numpy()]
