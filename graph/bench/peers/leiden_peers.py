#!/usr/bin/env python3
"""Finds the communities of benchmark graphs with kith, python-igraph, networkit and Infomap.

    python3 graph/bench/peers/leiden_peers.py [--algorithm leiden] [--effort normal] [--seeds 5] [--threads 1,2]
        [--graphs planted-0.3,…] [--write] [FILE...]

Leiden is held against networkit's ParallelLeiden and igraph's (two iterations, or as
many as it takes with --effort full), louvain against networkit's PLM, and map, the map
equation, against Infomap (--two-level, one trial). A FILE is an edge list of whole
numbers, `u,v` or `u,v,weight`, each tie once; without one the planted graphs of 100,000
vertices, one with hubs like ego-twitter, and R-MAT 18 and 20 are generated.

Each program is one process that reads the graph and waits. Then all take turns, once
for each seed. Times are those of the kernel alone, with the graph there; igraph and
Infomap, which have one thread, run beside one thread of the others, and igraph not on
graphs of more than ten million ties, where it takes minutes. Modularity, or the codelength in bits,
of which less is better, is computed here for all, from the communities that each
wrote: the mean over the seeds and the standard deviation. --write puts the last run of
each graph into docs/performance.md, so they can be run one by one.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

GRAPHS = ["planted-0.3", "planted-0.3-weighted", "planted-0.5", "planted-0.5-weighted", "followers", "rmat-18", "rmat-20"]
PEERS = {"leiden": ["networkit", "igraph"], "louvain": ["plm"], "map": ["infomap"]}
EFFORTS = ["normal", "fast", "high", "full"]
TOO_LARGE = {"igraph": 10_000_000}


def load(path):
    import numpy as np

    kept = pathlib.Path(path + ".npy")
    if kept.exists() and kept.stat().st_mtime >= os.stat(path).st_mtime:
        rows = np.load(kept)
    else:
        text = pathlib.Path(path).read_text()
        columns = text[: text.index("\n")].count(",") + 1
        rows = np.fromstring(text.replace(",", " "), sep=" ").reshape(-1, columns)  # far quicker than loadtxt
        np.save(kept, rows)
    ends = np.ascontiguousarray(rows[:, :2].astype(np.int64))
    weights = np.ascontiguousarray(rows[:, 2]) if rows.shape[1] > 2 else None
    return ends, weights


def infomap_finder(ends, weights, n, o):
    import warnings

    import infomap
    import numpy as np

    warnings.simplefilter("ignore")

    def find(seed):
        im = infomap.Infomap(f"--two-level --silent --num-trials 1 --seed {seed}")
        im.add_links(np.column_stack([ends, np.ones(len(ends)) if weights is None else weights]))

        def run():
            im.run()
            module = dict(im.get_modules())
            return [module.get(v, n + v) for v in range(n)]

        return run

    return find


def igraph_finder(ends, weights, n, o):
    import random

    import igraph

    g = igraph.Graph(n, ends)
    if weights is not None:
        g.es["weight"] = weights

    def find(seed):
        random.seed(seed)
        return lambda: g.community_leiden("modularity", weights=None if weights is None else "weight", n_iterations=-1 if o.effort == "full" else 2).membership

    return find


def networkit_finder(ends, weights, n, o, algorithm="ParallelLeiden"):
    import networkit
    import numpy as np

    networkit.setNumberOfThreads(int(o.threads))
    columns = [np.ascontiguousarray(ends[:, i]).astype(np.uint) for i in (0, 1)]
    values = np.ones(len(ends)) if weights is None else weights
    g = networkit.GraphFromCoo((values, tuple(columns)), n=n, weighted=weights is not None, directed=False)

    def find(seed):
        networkit.setSeed(seed, False)

        def run():
            a = getattr(networkit.community, algorithm)(g)
            a.run()
            return a.getPartition().getVector()

        return run

    return find


def plm_finder(*args):
    return networkit_finder(*args, algorithm="PLM")


def peer(name, path, o):
    """Reads the graph, says so, and for each line of the standard input, a seed and a
    file, runs once, writes `id,community` and prints the figures."""
    import numpy as np

    ends, weights = load(path)
    n = int(ends.max()) + 1
    find = globals()[name + "_finder"](ends, weights, n, o)
    print("{}", flush=True)
    for line in sys.stdin:
        seed, out = line.split()
        run = find(int(seed))
        start, before = time.time(), resource.getrusage(resource.RUSAGE_SELF)
        labels = run()
        wall, after = time.time() - start, resource.getrusage(resource.RUSAGE_SELF)
        np.savetxt(out, np.stack([np.arange(n), labels], 1), fmt="%d", delimiter=",")
        print(json.dumps({
            "wall_s": wall,
            "cpu_s": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            "peak_bytes": after.ru_maxrss * 1024,
        }), flush=True)


def quality(ends, weights, path, algorithm):
    """Modularity, or the codelength in bits."""
    import numpy as np

    n = int(ends.max()) + 1
    label = np.arange(n)
    ids, communities = np.loadtxt(path, np.int64, delimiter=",", unpack=True)
    label[ids] = communities + n  # vertices without ties are communities of their own
    label = np.unique(label, return_inverse=True)[1]
    w = np.ones(len(ends)) if weights is None else weights
    u, v = label[ends[:, 0]], label[ends[:, 1]]
    total = w.sum()
    strength = np.bincount(u, w, n) + np.bincount(v, w, n)
    if algorithm != "map":
        return w[u == v].sum() / total - ((strength / (2 * total)) ** 2).sum()

    def plogp(x):
        return (x * np.log2(np.where(x > 0, x, 1))).sum()

    away = u != v
    leaving = np.bincount(u[away], w[away], n) + np.bincount(v[away], w[away], n)
    vertex = np.bincount(ends[:, 0], w, n) + np.bincount(ends[:, 1], w, n)
    q, p = leaving / (2 * total), strength / (2 * total)
    return plogp(q.sum()) - 2 * plogp(q) - plogp(vertex / (2 * total)) + plogp(q + p)


def judge(path, algorithm, runs):
    """Prints the quality of each of the communities that `turns` had written."""
    ends, weights = load(path)
    print(json.dumps({name: [quality(ends, weights, out, algorithm) for out in outs] for name, outs in json.loads(runs).items()}))


def turns(commands, seeds, place):
    """Starts the commands, waits until all have read the graph, and lets them run in
    turns; the figures of each by seed."""
    at_work = {name: subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for name, command in commands.items()}
    results = {name: [] for name in commands}
    try:
        for p in at_work.values():
            p.stdout.readline()
        for seed in range(1, seeds + 1):
            for name, p in at_work.items():
                out = str(place / f"communities-{name}-{seed}.csv")
                print(seed, out, file=p.stdin, flush=True)
                line = p.stdout.readline()
                if not line:
                    sys.exit(f"{name} has ended: {' '.join(commands[name])}")
                results[name].append(json.loads(line) | {"out": out})
    finally:
        for p in at_work.values():
            p.stdin.close()
            p.wait()
    return results


class Figures:
    """What the runs of one program on one graph came to."""

    def __init__(self, runs, values):
        self.wall = statistics.median(r["wall_s"] for r in runs)
        self.cpu = statistics.median(r["cpu_s"] for r in runs)
        self.noise = (max(r["cpu_s"] for r in runs) - min(r["cpu_s"] for r in runs)) / self.cpu / 2
        self.peak = runs[0]["peak_bytes"] / 2**20  # later runs find memory there
        self.mean, self.spread = statistics.mean(values), statistics.pstdev(values)
        self.least, self.most = min(values), max(values)


def row(algorithm, graph, threads, seeds, figures):
    own, *others = figures.values()
    pair = next(iter(figures[name] for name in figures if name != "kith"))
    lead = min(x.mean for x in others) - own.mean if algorithm == "map" else own.mean - max(x.mean for x in others)
    each = lambda show: ", ".join(show(x) for x in figures.values())  # noqa: E731
    return (f"| {graph}, {threads} | {', '.join(figures)} | {each(lambda x: f'{x.cpu:.3g}')} | {own.cpu / pair.cpu:.2f} | {own.wall:.3g}, {pair.wall:.3g} | {own.wall / pair.wall:.2f} "
            f"| {each(lambda x: f'±{x.noise:.0%}') if seeds > 1 else 'one turn'} | {each(lambda x: f'{x.mean:.5f}±{x.spread:.5f}')} | {lead:+.5f} | {each(lambda x: f'{x.peak:.0f}')} |")


def write(title, told, rows):
    """Keeps the rows beside the inputs and writes all that were ever kept under the title."""
    import pair

    kept = pair.workplace() / "communities.json"
    table = json.loads(kept.read_text()) if kept.exists() else {}
    table.setdefault(title, {}).update(rows)
    kept.write_text(json.dumps(table, indent=1))
    place = {name: i for i, name in enumerate(GRAPHS)}
    keys = sorted(table[title], key=lambda key: (place.get(key.split(", ")[0], len(place)), key))
    page = pair.ROOT / "docs" / "performance.md"
    text = page.read_text()
    mark, end = f"<!-- leiden_peers.py {title}: written by it up to the next mark -->", "<!-- end -->"
    head, found, tail = text.partition(mark)
    if not found or end not in tail:
        sys.exit(f"{page} has no line {mark} and {end} after it")
    lines = [told, "",
             "| graph, threads | programs | processor seconds | kith / first peer | wall seconds, first two | ratio | noise | quality, mean±deviation | better than the best peer by | peak MiB |",
             "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |", *(table[title][key] for key in keys)]
    page.write_text(head + mark + "\n\n" + "\n".join(lines) + "\n\n" + tail[tail.index(end):])


def main():
    p = argparse.ArgumentParser()
    p.add_argument("files", nargs="*")
    p.add_argument("--algorithm", choices=PEERS, default="leiden")
    p.add_argument("--effort", choices=EFFORTS, default="normal")
    p.add_argument("--seeds", type=int, default=5)
    p.add_argument("--threads", default=",".join(sorted({"1", str(os.cpu_count())})))
    p.add_argument("--graphs", default=",".join(GRAPHS))
    p.add_argument("--write", action="store_true")
    p.add_argument("--peer", nargs=2, help=argparse.SUPPRESS)
    p.add_argument("--judge", nargs=3, help=argparse.SUPPRESS)
    o = p.parse_args()
    if o.peer:
        return peer(*o.peer, o)
    if o.judge:
        return judge(*o.judge)

    import pair

    place = pair.workplace()
    python = pair.python("requirements-leiden.txt")
    own = pair.build("./graph/bench/leiden")
    files = o.files
    if not files:
        for name in o.graphs.split(","):
            path = place / f"{name}.csv"
            if not path.exists():
                subprocess.run([own, "-generate", name, f"{path}.part"], check=True)
                os.rename(f"{path}.part", path)
            files.append(str(path))
    title = o.algorithm + (f" --effort {o.effort}" if o.effort != "normal" else "")
    flags = {"louvain": ["-louvain"], "map": ["-objective", "2"]}.get(o.algorithm, [])
    for path in files:
        graph = pathlib.Path(path).stem
        with open(path, "rb") as f:
            ties = sum(block.count(b"\n") for block in iter(lambda: f.read(1 << 24), b""))
        for threads in o.threads.split(","):
            peers = [name for name in PEERS[o.algorithm] if (threads == "1" or name in ("networkit", "plm")) and ties <= TOO_LARGE.get(name, ties)]
            if not peers:
                continue
            commands = {"kith": [own, "-turns", "-threads", threads, "-effort", str(EFFORTS.index(o.effort)), *flags, path]}
            for name in peers:
                commands[name] = [python, __file__, "--threads", threads, "--effort", o.effort, "--peer", name, path]
            with tempfile.TemporaryDirectory(dir=place) as found:  # two of these scripts may run
                results = turns(commands, o.seeds, pathlib.Path(found))
                outs = json.dumps({name: [r["out"] for r in runs] for name, runs in results.items()})
                values = json.loads(subprocess.check_output([python, __file__, "--judge", path, o.algorithm, outs]))
            figures = {name: Figures(runs, values[name]) for name, runs in results.items()}
            print(f"{title} of {graph}, {threads} thread{'s' if threads != '1' else ''}, {o.seeds} seeds")
            first = figures["kith"]
            for name, x in figures.items():
                print(f"  {name:10} wall {x.wall:7.3f} s   processor {x.cpu:7.3f} s (±{x.noise:.0%})   peak {x.peak:5.0f} MiB"
                      f"   {'codelength' if o.algorithm == 'map' else 'modularity'} {x.mean:.5f}±{x.spread:.5f} ({x.least:.5f} to {x.most:.5f})"
                      f"   kith takes {first.wall / x.wall:4.2f} of the wall time, {first.cpu / x.cpu:4.2f} of the processor time,"
                      f" and is better by {(first.mean - x.mean) * (-1 if o.algorithm == 'map' else 1):+.5f}")
            sys.stdout.flush()
            if o.write:
                write(title, f"`python3 graph/bench/peers/leiden_peers.py --algorithm {title} --write`, {o.seeds} seeds:",
                      {f"{graph}, {threads}": row(o.algorithm, graph, threads, o.seeds, figures)})


if __name__ == "__main__":
    main()
