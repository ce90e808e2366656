"""What explorers of a live training share: every frame is computed once and kept."""


class Journey:
    """Frames of one run, so that a slider may go back and forth.

    Subclasses say in `advance` what one frame does, `done` frames after the start, and in `look`
    what is drawn of it; they call `begin` when they are ready.
    """

    def begin(self):
        """Keep what there is before the first frame."""
        self.done = 0
        self._shown = {0: self.look()}

    def until(self, frame):
        """What is drawn of a frame; the run goes on until there."""
        while self.done < frame:
            self.advance()
            self.done += 1
            self._shown[self.done] = self.look()
        return self._shown[frame]

    def advance(self):
        """Do one frame."""
        raise NotImplementedError

    def look(self):
        """Everything that is drawn now."""
        raise NotImplementedError
