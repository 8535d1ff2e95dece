"""What a line and a circle differ in: distance, mean, trips, steps, rate maps, labels to train on.

A mean of positions is no position where the end of the track is its beginning. So decoders average
*points*: on a line the label itself, round a circle cosine and sine of the place.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Line:
    """A track with two ends, `length_m` metres long."""

    length_m: float
    edge = "nearest"  # how a smoothed rate map goes on beyond the track, in scipy's words

    def steps(self, position):
        """Signed metres from each bin to the next, (T,); 0 for the last."""
        return np.diff(position.astype(np.float64), append=position[-1])

    def lap_borders(self, position, direction):
        """First bins of new runs."""
        return np.flatnonzero(np.diff(direction)) + 1

    def trial_borders(self, position, direction):
        """First bins of new round trips; the library takes the last bin of a run as the border."""
        return np.flatnonzero(np.diff(direction))[1::2]

    def covered(self, position, direction):
        """Metres that a round trip covers on its way there and on its way back, the lesser."""
        ways = [position[direction == sign] for sign in (1, -1)]
        return min(np.ptp(way) if len(way) else 0.0 for way in ways)

    def training_labels(self, posdir, kind):
        """Columns of the label (T, 3) that CEBRA is trained with, float32 of shape (T, k)."""
        columns = {"posdir": [0, 1, 2], "pos": [0], "dir": [1, 2]}[kind]
        return np.ascontiguousarray(posdir[:, columns])

    def points(self, posdir):
        """What may be averaged of labels (T, 3)."""
        return posdir

    def columns(self, places):
        """The place columns of `points`, for places in metres."""
        return [places]

    def errors(self, points, truth):
        """Distances in metres between the places of points (..., n, k) and of truth (n,)."""
        return np.abs(points[..., 0] - truth)

    def read(self, points, truth):
        """Labels (n, 3) of averaged points; round a circle, the equal nearest to truth (n,)."""
        return points

    def cells(self, position, n_places):
        """Which of the places along the track a position lies in, int of shape (T,)."""
        return np.minimum(position / self.length_m * n_places, n_places - 1).astype(int)


@dataclass(frozen=True)
class Circle(Line):
    """A closed track of circumference `length_m`: its end is its beginning."""

    edge = "wrap"

    def steps(self, position):
        """Signed metres to the next bin, the short way round."""
        half = self.length_m / 2
        return (super().steps(position) + half) % self.length_m - half

    def lap_borders(self, position, direction):
        """First bins of new runs: a turn, or once round."""
        wraps = np.flatnonzero(np.abs(np.diff(position)) > self.length_m / 2) + 1
        return np.union1d(super().lap_borders(position, direction), wraps)

    def trial_borders(self, position, direction):
        """There is no way back: a trip is a lap."""
        return self.lap_borders(position, direction)

    def covered(self, position, direction):
        """Metres that a lap covers."""
        return np.ptp(position)

    def training_labels(self, posdir, kind):
        """Position itself would put the last centimetre farthest from the first."""
        radius = self.length_m / (2 * np.pi)
        place = [radius * column for column in self.columns(posdir[:, 0].astype(np.float64))]
        ways = [posdir[:, 1], posdir[:, 2]]
        if kind == "posdir" and not all(way.any() for way in ways):
            ways = []  # it runs one way: no direction to tell
        kinds = {"posdir": [*place, *ways], "pos": place, "dir": ways}
        return np.stack(kinds[kind], axis=1).astype(np.float32)

    def points(self, posdir):
        """Cosine and sine of the place, and whether it runs right, (T, 3)."""
        return np.stack([*self.columns(posdir[:, 0].astype(float)), posdir[:, 1] > 0], axis=1)

    def columns(self, places):
        """Cosine and sine of places in metres."""
        turn = 2 * np.pi * places / self.length_m
        return [np.cos(turn), np.sin(turn)]

    def errors(self, points, truth):
        """Distances in metres, the short way round."""
        truth = truth.astype(float)
        return np.abs(self.beside(truth, self._metres(points)) - truth)

    def read(self, points, truth):
        """Labels (n, 3), each place written as its equal nearest to the truth."""
        right = points[:, 2]
        return np.stack([self.beside(truth, self._metres(points)), right, 1 - right], axis=1)

    def cells(self, position, n_places):
        """Which of the places round the circle a position lies in."""
        return (position / self.length_m * n_places).astype(int) % n_places

    def beside(self, truth, position):
        """Of all equals of a position (a lap apart), the one nearest to the truth."""
        half = self.length_m / 2
        return truth + (position - truth + half) % self.length_m - half

    def _metres(self, points):
        turn = np.arctan2(points[..., 1], points[..., 0]) % (2 * np.pi)
        return turn / (2 * np.pi) * self.length_m


GEOMETRIES = {"line": Line, "circle": Circle}
