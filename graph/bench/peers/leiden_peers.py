#!/usr/bin/env python3
"""Finds the communities of benchmark graphs with kith, python-igraph, networkit and Infomap.

    python3 graph/bench/peers/leiden_peers.py [--algorithm leiden] [--effort normal] [--rounds 5] [--threads 1,2] [FILE...]

Leiden is held against networkit's ParallelLeiden and igraph's (two iterations), louvain
against networkit's PLM, and map, the map equation, against Infomap (--two-level, one
trial). A FILE is an edge list of whole numbers, `u,v` or `u,v,weight`, each tie once;
without one the planted graphs of 100,000 vertices, one with hubs like ego-twitter, and
R-MAT 18 are generated. Each run is a process of its own, with the next seed, and all
take turns. Times are those of the kernel alone, with the graph built. Modularity, or
the codelength in bits, of which less is better, is computed here for all, from the
communities that each wrote: the mean over the seeds and the range.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time

GRAPHS = ["planted-0.3", "planted-0.5", "planted-0.5-weighted", "followers", "rmat-18"]
PEERS = {"leiden": ["networkit", "igraph"], "louvain": ["plm"], "map": ["infomap"]}
EFFORTS = ["normal", "fast", "high", "full"]


def load(path):
    import numpy as np

    rows = np.loadtxt(path, delimiter=",", ndmin=2)
    ends = np.ascontiguousarray(rows[:, :2].astype(np.int64))
    weights = np.ascontiguousarray(rows[:, 2]) if rows.shape[1] > 2 else None
    return ends, weights


def peer(name, path, out, threads, seed):
    """One run of a peer; prints the figures and writes `id,community`."""
    import numpy as np

    ends, weights = load(path)
    n = int(ends.max()) + 1
    if name == "infomap":
        import warnings

        import infomap

        warnings.simplefilter("ignore")
        im = infomap.Infomap(f"--two-level --silent --num-trials 1 --seed {seed}")
        im.add_links(np.column_stack([ends, np.ones(len(ends)) if weights is None else weights]))

        def find():
            im.run()
            module = dict(im.get_modules())
            return [module.get(v, n + v) for v in range(n)]
    elif name == "igraph":
        import random

        import igraph

        random.seed(seed)
        g = igraph.Graph(n, ends.tolist())
        if weights is not None:
            g.es["weight"] = weights

        def find():
            return g.community_leiden("modularity", weights=None if weights is None else "weight", n_iterations=2).membership
    else:
        import networkit

        networkit.setNumberOfThreads(threads)
        networkit.setSeed(seed, False)
        columns = [np.ascontiguousarray(ends[:, i]).astype(np.uint) for i in (0, 1)]
        values = np.ones(len(ends)) if weights is None else weights
        g = networkit.GraphFromCoo((values, tuple(columns)), n=n, weighted=weights is not None, directed=False)

        def find():
            algorithm = networkit.community.ParallelLeiden(g) if name == "networkit" else networkit.community.PLM(g)
            algorithm.run()
            return algorithm.getPartition().getVector()

    start, before = time.time(), resource.getrusage(resource.RUSAGE_SELF)
    labels = find()
    wall, after = time.time() - start, resource.getrusage(resource.RUSAGE_SELF)
    np.savetxt(out, np.stack([np.arange(n), labels], 1), fmt="%d", delimiter=",")
    print(json.dumps({
        "wall_s": wall,
        "cpu_s": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "peak_bytes": after.ru_maxrss * 1024,
    }))


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
    """Reads what `main` measured and prints the table of one graph."""
    ends, weights = load(path)
    own = None
    for name, results in json.loads(runs):
        q = [quality(ends, weights, r["out"], algorithm) for r in results]
        wall = statistics.median(r["wall_s"] for r in results)
        cpu = statistics.median(r["cpu_s"] for r in results)
        peak = max(r["peak_bytes"] for r in results) / 2**20
        own = own or (wall, cpu, statistics.mean(q))
        print(f"  {name:10} wall {wall:7.3f} s   processor {cpu:7.3f} s   peak {peak:5.0f} MiB"
              f"   {'codelength' if algorithm == 'map' else 'modularity'} {statistics.mean(q):.5f} ({min(q):.5f} to {max(q):.5f})"
              f"   kith takes {own[0] / wall:4.2f} of the wall time, {own[1] / cpu:4.2f} of the processor time,"
              f" and is better by {(own[2] - statistics.mean(q)) * (-1 if algorithm == 'map' else 1):+.5f}")
    sys.stdout.flush()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("files", nargs="*")
    p.add_argument("--algorithm", choices=PEERS, default="leiden")
    p.add_argument("--effort", choices=EFFORTS, default="normal")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--threads", default=",".join(sorted({"1", str(os.cpu_count())})))
    p.add_argument("--peer", nargs=5, help=argparse.SUPPRESS)
    p.add_argument("--judge", nargs=3, help=argparse.SUPPRESS)
    o = p.parse_args()
    if o.peer:
        name, path, out, threads, seed = o.peer
        return peer(name, path, out, int(threads), int(seed))
    if o.judge:
        return judge(*o.judge)

    import pair

    place = pair.workplace()
    python = pair.python("requirements-leiden.txt")
    own = pair.build("./graph/bench/leiden")
    files = o.files
    if not files:
        for name in GRAPHS:
            path = place / f"{name}.csv"
            if not path.exists():
                subprocess.run([own, "-generate", name, f"{path}.part"], check=True)
                os.rename(f"{path}.part", path)
            files.append(str(path))
    for path in files:
        for threads in o.threads.split(","):
            peers = ["kith"] + [name for name in PEERS[o.algorithm] if threads == "1" or name in ("networkit", "plm")]
            results = {name: [] for name in peers}
            for seed in range(1, o.rounds + 1):
                for name in peers:
                    out = str(place / f"communities-{name}-{seed}.csv")
                    if name == "kith":
                        command = [own, "-threads", threads, "-seed", str(seed), "-effort", str(EFFORTS.index(o.effort)), "-out", out]
                        command += {"louvain": ["-louvain"], "map": ["-objective", "2"]}.get(o.algorithm, []) + [path]
                    else:
                        command = [python, __file__, "--peer", name, path, out, threads, str(seed)]
                    results[name].append(pair.run(command) | {"out": out})
            print(f"{o.algorithm} of {os.path.basename(path)}, {threads} thread{'s' if threads != '1' else ''}")
            sys.stdout.flush()
            subprocess.run([python, __file__, "--judge", path, o.algorithm, json.dumps(list(results.items()))], check=True)


if __name__ == "__main__":
    main()
