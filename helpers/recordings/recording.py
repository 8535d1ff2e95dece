"""Recording: spike counts and behaviour on one clock, checked once, then trusted everywhere."""

import hashlib
from dataclasses import dataclass

import numpy as np

from .finding import Finding
from .geometry import GEOMETRIES

JUMP_M_S = 2.0  # no rat on a track runs faster: a bigger step is a gap in the recording


@dataclass(frozen=True, eq=False)
class Recording:
    """One animal on one track: T time bins, N units.

    Parameters
    ----------
    name : str
        The animal, ``"achilles"``.
    spikes : array of shape (T, N)
        Spike counts per bin; kept as uint8.
    position : array of shape (T,)
        Metres along the track, 0 to `length_m`; kept as float32.
    direction : array of shape (T,)
        +1 for the runs labelled "right", −1 for "left"; kept as int8. The label names the run, not
        the sign of the movement: Buddy and Gatsby run "right" from 1.6 m down to 0.
    bin_s : float
        Width of a bin in seconds.
    length_m : float
        Length of the track in metres; on a circle, its circumference.
    geometry : {"line", "circle"}
        On a circle position `length_m` is position 0 again.
    segments : tuple of slice
        The contiguous stretches, in order and covering every bin. Left empty, they are cut where
        the position jumps faster than 2 m/s.
    source : {"local", "download", "cebra", "simulated"}
        Which step of the cascade served it.
    true_phase : array of shape (T,) or None
        The latent that made the spikes, in radians; known for simulated recordings only.
    signal : {"counts", "traces"}
        What `spikes` holds: counts, or traces of calcium imaging, any real numbers as float32.
    unit_names : tuple of str
        Names of the N units, as their file has them; empty where they have none.
    findings : tuple of Finding
        What was seen while the recording was read.

    Raises
    ------
    ValueError
        In one line, naming the field and the mend, if an array cannot be what it claims.
    """

    name: str
    spikes: np.ndarray  # (T, N) uint8
    position: np.ndarray  # (T,) float32, metres
    direction: np.ndarray  # (T,) int8
    bin_s: float = 0.025
    length_m: float = 1.6
    geometry: str = "line"
    segments: tuple[slice, ...] = ()
    source: str = "local"
    true_phase: np.ndarray | None = None  # (T,) float64, radians
    signal: str = "counts"
    unit_names: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    def __post_init__(self):
        def put(field, value):
            object.__setattr__(self, field, value)

        _check_scalars(self)
        checks = {"counts": _checked_spikes, "traces": _checked_traces}
        put("spikes", checks[self.signal](self.spikes))
        put("unit_names", _checked_names(self.unit_names, self.spikes.shape[1]))
        put("position", _checked_position(self.position, len(self.spikes), self.length_m))
        put("direction", _checked_direction(self.direction, len(self.spikes)))
        if self.true_phase is not None:
            put("true_phase", _checked_vector(self.true_phase, "true_phase", len(self.spikes)))
        put("segments", tuple(self.segments) or _between(self._jumps(), len(self.spikes)))
        _check_segments(self.segments, len(self.spikes))

    def labels(self, kind):
        """Behaviour in the form that CEBRA trains on.

        Parameters
        ----------
        kind : {"posdir", "pos", "dir"}
            Position in metres with direction one-hot (right, left), or one of the two.

        Returns
        -------
        array of shape (T, 3), (T, 1) or (T, 2)
            float32: integer labels would silently turn CEBRA into time-contrastive training.
        """
        columns = {"posdir": [0, 1, 2], "pos": [0], "dir": [1, 2]}
        if kind not in columns:
            raise ValueError(f"labels({kind!r}) is unknown; use one of {', '.join(columns)}")
        posdir = np.stack([self.position, self.direction > 0, self.direction < 0], axis=1)
        return np.ascontiguousarray(posdir[:, columns[kind]], dtype=np.float32)

    def laps(self):
        """Single runs, one slice each: in one direction, and on a circle once round."""
        return list(
            _between(self.track.lap_borders(self.position, self.direction), len(self.direction))
        )

    def trials(self):
        """Round trips, one slice each, cut as `cebra.datasets.hippocampus` cuts them.

        The library takes the *last* bin of a run as the border, not the first of the next, so a
        trip starts with one bin of the run before it. Kept, because the published folds have it.
        On a circle there is no way back: a trip is a lap.
        """
        borders = self.track.trial_borders(self.position, self.direction)
        return list(_between(borders, len(self.direction)))

    def speed(self):
        """Speed in m/s, float32 of shape (T,): central differences within each segment.

        A bin alone in its segment has no neighbour to differ from and counts as standing.
        """
        speed = np.zeros(len(self.position), dtype=np.float32)
        for part in self.segments:
            if part.stop - part.start > 1:
                way = np.cumsum(
                    np.append(self.position[part.start], self.track.steps(self.position)[part][:-1])
                )
                speed[part] = np.abs(np.gradient(way)) / self.bin_s
        return speed

    def running(self, above_m_s=0.05):
        """Where the animal moves faster than `above_m_s`: boolean array of shape (T,)."""
        return self.speed() > above_m_s

    @property
    def track(self):
        """What is measured, averaged and cut along its geometry: a `Line` or a `Circle`."""
        return GEOMETRIES[self.geometry](self.length_m)

    @property
    def key(self):
        """The name under which measured values are recorded; a simulated one has its own."""
        if self.source != "simulated":
            return self.name
        return "simulated" if self.name == "achilles" else f"simulated-{self.name}"

    @property
    def digest(self):
        """sha256 (hex) of all a model could learn from: names the data in cache keys and stamps."""
        sha = hashlib.sha256()
        for array in (self.spikes, self.position, self.direction):
            sha.update(f"{array.dtype.str}{array.shape}".encode())
            sha.update(np.ascontiguousarray(array).tobytes())
        cuts = [(part.start, part.stop) for part in self.segments]
        sha.update(repr((float(self.bin_s), float(self.length_m), self.geometry, cuts)).encode())
        return sha.hexdigest()

    def _jumps(self):
        """First bins after a gap in the recording."""
        return np.flatnonzero(np.abs(self.track.steps(self.position)) > JUMP_M_S * self.bin_s) + 1


def stretches(bins, segments=()):
    """Cut selected bins into contiguous stretches.

    Parameters
    ----------
    bins : int array of shape (n,)
        Strictly increasing bin numbers of a recording, as a split holds them.
    segments : tuple of slice
        Segments of the recording, whose borders are kept; empty means one.

    Returns
    -------
    tuple of slice
        Slices into ``array[bins]``: within each, time runs on without a gap.
    """
    bins = np.asarray(bins)
    if bins.ndim != 1 or bins.dtype.kind not in "iu" or (np.diff(bins.astype(np.int64)) < 1).any():
        raise ValueError("bins must be strictly increasing integers; use np.flatnonzero(mask)")
    bins = bins.astype(np.int64)
    cut = np.diff(bins) > 1
    if len(segments):
        start, stop = np.array([(part.start, part.stop) for part in segments]).T
        home = np.searchsorted(start, bins, side="right") - 1
        if (home < 0).any() or (bins >= stop[home]).any():
            raise ValueError("some bins lie in no segment; select bins of the same recording")
        cut |= np.diff(home) > 0
    return _between(np.flatnonzero(cut) + 1, len(bins))


def _between(borders, n):
    """Consecutive slices of range(n) that start at 0 and at each border."""
    edges = [0, *(int(b) for b in borders), int(n)]
    return tuple(slice(a, b) for a, b in zip(edges[:-1], edges[1:], strict=True) if a < b)


def _check_scalars(recording):
    for field in ("bin_s", "length_m"):
        value = getattr(recording, field)
        if not (np.isscalar(value) and np.isfinite(value) and value > 0):
            raise ValueError(f"{field} is {value!r}; give a positive number")
    for field, allowed in (
        ("geometry", tuple(GEOMETRIES)),
        ("source", ("local", "download", "cebra", "simulated")),
        ("signal", ("counts", "traces")),
    ):
        if getattr(recording, field) not in allowed:
            value = getattr(recording, field)
            raise ValueError(f"{field} is {value!r}; use one of {', '.join(allowed)}")


def _checked_numbers(array, field):
    array = np.asarray(array)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{field} has dtype {array.dtype}; give real numbers")
    if bad := int((~np.isfinite(array)).sum()):
        where = ""
        if array.ndim == 2:
            columns = np.flatnonzero((~np.isfinite(array)).any(axis=0))
            where = f" in columns [{', '.join(map(str, columns[:8]))}{', …' * (len(columns) > 8)}]"
        raise ValueError(f"{field} has {bad} NaN or infinite values{where}; remove those bins")
    return array


def _checked_vector(array, field, n_bins):
    array = _checked_numbers(array, field)
    if array.shape != (n_bins,):
        raise ValueError(f"{field} has shape {array.shape}, spikes {n_bins} bins; give ({n_bins},)")
    return array


def _checked_spikes(spikes):
    spikes = _checked_numbers(spikes, "spikes")
    if spikes.ndim != 2 or 0 in spikes.shape or len(spikes) < 2:
        raise ValueError(f"spikes has shape {spikes.shape}; give (time bins, neurons)")
    if (spikes < 0).any() or (spikes != np.round(spikes)).any():
        raise ValueError(
            "spikes holds negative or fractional values; give counts per bin, not rates, and "
            "calcium imaging as traces"
        )
    if spikes.max() > 255:
        raise ValueError(f"spikes holds a count of {spikes.max():.0f}, above 255; use shorter bins")
    return spikes.astype(np.uint8)


def _checked_traces(traces):
    traces = _checked_numbers(traces, "traces")
    if traces.ndim != 2 or 0 in traces.shape or len(traces) < 2:
        raise ValueError(f"traces has shape {traces.shape}; give (time bins, cells)")
    return traces.astype(np.float32)


def _checked_names(names, n_units):
    names = tuple(map(str, names))
    if names and len(names) != n_units:
        raise ValueError(f"unit_names has {len(names)} names, spikes {n_units} units; give as many")
    return names


def _checked_position(position, n_bins, length_m):
    position = _checked_vector(position, "position", n_bins).astype(np.float32)
    low, high = float(position.min()), float(position.max())
    if low < -1e-4 or high > length_m + 1e-4:  # float32 holds 1.6 as 1.6000000238
        raise ValueError(
            f"position runs from {low:.3g} to {high:.3g} m on a track of {length_m:.3g} m; "
            "give metres from the left end, and length_m"
        )
    if low == high:
        raise ValueError(f"position is constant at {low:.3g} m; check its column and units")
    return position


def _checked_direction(direction, n_bins):
    direction = _checked_vector(direction, "direction", n_bins)
    if not np.isin(direction, (-1, 1)).all():
        raise ValueError("direction holds values other than +1 (right) and -1 (left); recode it")
    return direction.astype(np.int8)


def _check_segments(segments, n_bins):
    edges = [0, *(part.stop for part in segments)]
    starts = [part.start for part in segments]
    if starts != edges[:-1] or edges[-1] != n_bins or any(np.diff(edges) < 1):
        raise ValueError(
            f"segments must follow each other from bin 0 to {n_bins}; mend their borders"
        )
