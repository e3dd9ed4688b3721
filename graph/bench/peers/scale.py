#!/usr/bin/env python3
"""Time and memory a tie of kith's kernels, from 1e5 to 1e8 ties.

    python3 graph/bench/peers/scale.py [--ties 1e5,1e6,1e7] [--threads 2] [--again]

R-MAT graphs are written by graph/bench/rmat, read by `kith graph snapshot
--undirected`, and each kernel then runs on the snapshot, a process each. What has
been measured is kept beside the inputs, figure by figure, so a run that was stopped goes on
from there; --again measures anew what --ties names. The table of all that is kept is
written into docs/performance.md. 1e8 needs 5 GB of disk, 4 GB of memory and some
10 minutes of two quiet cores; it must be asked for.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile

import pair

# ties: scale, ties a vertex, turns
SIZES = {"1e5": (12, 24, 5), "1e6": (15, 32, 3), "1e7": (19, 20, 1), "1e8": (22, 24, 1)}

KERNELS = {
    # title: arguments of kith graph, seconds that count
    "read the CSV": (["snapshot", "--undirected"], "load_cpu_s"),
    "open the snapshot": (["components"], "load_cpu_s"),
    "components": (["components"], "kernel_cpu_s"),
    "k-core": (["kcore"], "kernel_cpu_s"),
    "PageRank": (["pagerank", "--undirected"], "kernel_cpu_s"),
    "triangles": (["triangles"], "kernel_cpu_s"),
    "Leiden": (["leiden"], "kernel_cpu_s"),
}


def graph(binary, args):
    done = subprocess.run([binary, "graph", *args, "--json"], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def own(binary):
    """The peak of a run that has next to nothing to do."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write("a,b\n")
        file.flush()
        return graph(binary, ["components", file.name])["peak_bytes"]


def measure(size, o, kept, keep):
    scale, factor, turns = SIZES[size]
    place = pair.workplace()
    path, snapshot = place / f"rmat-{scale}x{factor}.csv", place / f"rmat-{scale}x{factor}.kith"
    binary = os.environ.get("KITH") or pair.build("./cmd/kith")
    if not path.exists():
        subprocess.run([pair.build("./graph/bench/rmat"), f"-scale={scale}", f"-factor={factor}", f"{path}.part"], check=True)
        os.rename(f"{path}.part", path)
    base = own(binary)
    for title, (args, what) in KERNELS.items():
        if title in kept and not o.again and (title != "read the CSV" or snapshot.exists()):
            continue
        first = args[0] == "snapshot"
        file = [str(path), "--out", str(snapshot)] if first else [str(snapshot)]
        runs = [graph(binary, [args[0], *file, *args[1:], "--threads", str(o.threads)]) for _ in range(turns)]
        kept[title] = {
            "ties": factor << scale, "cpu_s": statistics.median(r[what] for r in runs),
            "wall_s": statistics.median(r["read_s"] + r["build_s"] if what == "load_cpu_s" else r["kernel_s"] for r in runs),
            "bytes": max(statistics.median(r["peak_bytes"] for r in runs) - base, 0),
            "foretold": statistics.median(r["estimate_bytes"] / r["peak_bytes"] for r in runs),
        }
        keep()
        r = kept[title]
        print(f"{size} {title:18} processor {r['cpu_s']:9.3f} s, wall {r['wall_s']:9.3f} s, {r['bytes'] / 2**20:7.1f} MiB, foretold {r['foretold']:.2f}", flush=True)


def cell(r):
    if r is None:
        return ""
    ns, seconds = r["cpu_s"] / r["ties"] * 1e9, r["cpu_s"]
    told = f"{seconds:.0f}" if seconds >= 10 else f"{seconds:.2g}"
    return f"{told} s, {ns:.3g} ns, {r['bytes'] / r['ties']:.0f} B"


def table(kept):
    lines = ["| ties | " + " | ".join(KERNELS) + " |", "| ---: |" + " --- |" * len(KERNELS)]
    for size in SIZES:
        if kept.get(size):
            ties = next(iter(kept[size].values()))["ties"]
            lines.append(f"| {ties:,} | " + " | ".join(cell(kept[size].get(k)) for k in KERNELS) + " |")
    return lines


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--ties", default="1e5,1e6,1e7")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--again", action="store_true")
    o = p.parse_args()
    store = pair.workplace() / "scale.json"
    kept = json.loads(store.read_text()) if store.exists() else {}
    for size in o.ties.split(","):
        measure(size, o, kept.setdefault(size, {}), lambda: store.write_text(json.dumps(kept, indent=1)))
    pair.between("scale", table(kept))


if __name__ == "__main__":
    main()
