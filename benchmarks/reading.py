"""Reading a long session: seconds and peak memory of a file of every kind, in one run.

``python -m benchmarks.reading`` writes a session of two hours, 400 units and a camera of 50 Hz as
`.npz`, `.mat` (MATLAB 5) and `.nwb` (with half a gigabyte of raw traces that nobody asked for), and
reads each as `read_recording` does, in a process of its own. The memory is that of the process;
beside it, that of its child that parses.
"""

import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import numpy as np

HOURS, UNITS, HZ = 2, 400, 50
RAW = (20_000, 8, 600)  # samples a second, channels, seconds
RESULTS = Path(__file__).with_name("results") / "reading.json"


def session(seed: int = 0) -> dict:
    """Spike times of every unit, and a rat that runs to and fro for hours."""
    rng = np.random.default_rng(seed)
    times = np.arange(HOURS * 3600 * HZ) / HZ
    place = 0.8 - 0.8 * np.cos(times * np.pi / 8)
    rates = rng.gamma(2, 1.0, UNITS)
    spikes = [np.sort(rng.uniform(0, times[-1], rng.poisson(r * times[-1]))) for r in rates]
    return {"spike_times": spikes, "position": place, "times": times}


def write(folder: Path, made: dict) -> list[Path]:
    """Write the session in every kind of file."""
    from hdmf.backends.hdf5 import H5DataIO
    from pynwb import NWBHDF5IO, NWBFile, TimeSeries
    from pynwb.behavior import SpatialSeries
    from scipy.io import savemat

    spikes, where = made["spike_times"], {k: made[k] for k in ("position", "times")}
    flat, of = np.concatenate(spikes), np.repeat(np.arange(UNITS), [len(s) for s in spikes])
    np.savez(folder / "a.npz", spike_times=flat, spike_units=of, **where)
    cells = np.empty(UNITS, dtype=object)
    cells[:] = spikes
    savemat(folder / "a.mat", {"spike_times": cells, **where})
    file = NWBFile("made up", "1", datetime(2020, 1, 1, tzinfo=UTC))
    place = {"unit": "meters", "reference_frame": "corner", "timestamps": made["times"]}
    file.add_acquisition(SpatialSeries(name="position", data=made["position"], **place))
    raw = H5DataIO(np.zeros((RAW[0] * RAW[2], RAW[1]), dtype="i2"), compression="gzip")
    file.add_acquisition(TimeSeries(name="raw", data=raw, unit="V", rate=float(RAW[0])))
    for one in spikes:
        file.add_unit(spike_times=one)
    with NWBHDF5IO(str(folder / "a.nwb"), "w") as io:
        io.write(file)
    return [folder / f"a{kind}" for kind in (".npz", ".mat", ".nwb")]


def read(path: str) -> dict:
    """Read one file, here; what it took."""
    from helpers.own import read_recording

    start = perf_counter()
    recording = read_recording(path)
    seconds = perf_counter() - start
    return {"seconds": seconds, "peak_gb": peak_gb(), "spikes": int(recording.spikes.sum())}


def parse(path: str) -> dict:
    """Parse one file, here, as the child of `read` does."""
    from helpers.parsing.child import answer

    answer(path, {})
    return {"parsing_gb": peak_gb()}


def peak_gb() -> float:
    """Most memory that this process has held, GB: Linux counts it from the program's start."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1e6


def main() -> None:
    """Write, read, print a table, keep it."""
    if len(sys.argv) > 1:
        print(json.dumps({"read": read, "parse": parse}[sys.argv[1]](sys.argv[2])))
        return
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        for path in write(Path(folder), session()):
            row = {"file_mb": path.stat().st_size / 1e6}
            for task in ("read", "parse"):
                command = [sys.executable, "-m", "benchmarks.reading", task, str(path)]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                row |= json.loads(done.stdout.splitlines()[-1])
            rows[path.suffix] = row
    print(f"{HOURS} h, {UNITS} units, {HZ} Hz")
    print(f"{'kind':6}{'file MB':>9}{'seconds':>9}{'peak GB':>9}{'of child':>9}")
    for kind, row in rows.items():
        numbers = (row["seconds"], row["peak_gb"], row["parsing_gb"])
        print(f"{kind:6}{row['file_mb']:9.0f}" + "".join(f"{one:9.2f}" for one in numbers))
    if len({row["spikes"] for row in rows.values()}) > 1:
        raise SystemExit("the files were read unlike each other")
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
