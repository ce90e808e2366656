"""What a training is held to that was killed and started again."""

from qmlcourse.course import command_line


def goes_on_with_the_same_bytes(folder, model, weights, lost):
    """Train a model twice; once, files are taken away as a kill would leave them, and it goes on.

    `lost(place)` gives these files of a run, besides the weights.
    """
    whole, parts = folder / "whole", folder / "parts"

    def train(place):
        assert command_line.main(["train", model, "--out", str(place)]) == 0
        return (place / weights).read_bytes()

    expected = train(whole)
    train(parts)
    for path in (*lost(parts), parts / weights):
        path.unlink()
    assert train(parts) == expected
