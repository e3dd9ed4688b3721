#!/usr/bin/env python3
"""Runs kith's link analysis beside its peers, A B A B, on generated graphs.

    python3 graph/bench/peers/kernels_peers.py [--rounds 3] [--threads 1] [--scale 18] [--large 20]
        [--only pagerank,triangles,…] [--against graphmate,networkit,…] [--write]

The graphs: R-MAT with 16 arcs a vertex, ties taken both ways and each once,
planted communities of mean degree 20, and 5 million purchases of 20,000 products by
200,000 customers. Each run is a process of its own that loads
the graph and then times the kernel alone: kith takes a snapshot of it, as peers
take columns of numbers, and `kith graph … --json` reports kernel_cpu_s; peers are timed
around the one call. The answers are compared, and a
difference ends the script. How far the runs of one command lie apart is the
machine's noise, which is printed beside the median. --write puts a table of the
last run of each kernel into docs/performance.md, so they can be run one by one.
"""

import argparse
import itertools
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time

MARK = "<!-- kernels_peers.py: what stands below up to the next heading is written by it -->"


def rmat(scale, factor=16, seed=1):
    import numpy as np

    rng = np.random.default_rng(seed)
    m = factor << scale
    u, v = np.zeros(m, np.int64), np.zeros(m, np.int64)
    for _ in range(scale):
        q = rng.random(m)
        u = 2 * u + (q >= 0.76)
        v = 2 * v + ((q >= 0.57) & (q < 0.76) | (q >= 0.95))
    name = rng.permutation(1 << scale)
    return distinct(name[u], name[v])


def planted(n, size=50, degree=20, mixing=0.4, seed=1):
    """Each vertex draws half its degree, inside its community or anywhere."""
    import numpy as np

    rng = np.random.default_rng(seed)
    u = np.repeat(np.arange(n), degree // 2)
    inside = u // size * size + rng.integers(0, size, len(u))
    v = np.where(rng.random(len(u)) < mixing, rng.integers(0, n, len(u)), np.minimum(inside, n - 1))
    return distinct(u, v)


def distinct(u, v):
    import numpy as np

    lo, hi = np.minimum(u, v), np.maximum(u, v)
    keys = np.unique((lo << 32 | hi)[lo != hi])
    ends = np.stack([keys >> 32, keys & 0xFFFFFFFF], 1)
    return np.random.default_rng(2).permutation(ends)


def generate(name, path):
    import numpy as np

    kind, size = name.split("-")[:2]
    if kind == "purchases":
        import project_peers

        project_peers.generate(path, *(int(n) for n in name.split("-")[1:]))
        return np.save(path + ".npy", np.loadtxt(path, np.uint32, delimiter=",", skiprows=1))
    ends = rmat(int(size)) if kind == "rmat" else planted(int(size))
    write_ties(path, ends)
    np.save(path + ".npy", ends.astype(np.uint32))


def write_ties(path, ends):
    with open(path, "w") as file:
        for lo in range(0, len(ends), 1 << 18):
            file.writelines(f"{u},{v}\n" for u, v in ends[lo:lo + (1 << 18)].tolist())


def both(ends):
    import numpy as np

    return np.concatenate([ends, ends[:, ::-1]])


def matrix(ends, dtype="float64"):
    import numpy as np
    import scipy.sparse as sp

    a = both(ends)
    n = int(ends.max()) + 1
    return sp.csr_matrix((np.ones(len(a), dtype), (a[:, 0], a[:, 1])), shape=(n, n))


def with_networkit(ends, threads):
    import networkit
    import numpy as np

    networkit.setNumberOfThreads(threads)
    n = int(ends.max()) + 1
    columns = tuple(np.ascontiguousarray(ends[:, i]).astype(np.uint) for i in (0, 1))
    return networkit, networkit.GraphFromCoo((np.ones(len(ends)), columns), n=n, weighted=False, directed=False)


def with_igraph(ends):
    import igraph

    return igraph.Graph(int(ends.max()) + 1, ends.tolist())


# Each prepares its graph and returns what is timed.


def networkit_pagerank(ends, o):
    nk, g = with_networkit(ends, o.threads)
    k = nk.centrality.PageRank(g, 0.85, 1e-6)
    k.norm = nk.centrality.Norm.l1norm
    return lambda: k.run().scores()


def graphmate_pagerank(ends, o):
    import graph_mate
    import numpy as np

    g = graph_mate.DiGraph.from_numpy(np.ascontiguousarray(both(ends)), graph_mate.Layout.Sorted)
    return lambda: g.page_rank(max_iterations=100, tolerance=1e-6, damping_factor=0.85).scores()


def graphblas_pagerank(ends, o):
    """LAGraph's loop: each sweep is one product over plus_second."""
    import graphblas as gb
    import numpy as np

    gb.ss.config["nthreads"] = o.threads
    a = gb.io.from_scipy_sparse(matrix(ends, "float32"))
    n = a.nrows
    degree = a.reduce_rowwise(gb.monoid.plus).new(dtype="FP32")
    isolated = n - degree.nvals

    def sweep():
        d = gb.Vector("FP32", n)
        d << degree.apply(gb.binary.times, right=1 / 0.85)
        r = gb.Vector("FP32", n)
        r[:] = 1 / n
        for _ in range(100):
            stuck = 0.0
            if isolated:
                lost = r.dup()
                lost(~degree.S, replace=True) << r
                stuck = float(lost.reduce(gb.monoid.plus).get(0))
            w = gb.binary.truediv(r & d).new()
            t = r
            r = gb.Vector("FP32", n)
            r[:] = 0.15 / n + 0.85 * stuck / n
            r(accum=gb.binary.plus) << gb.semiring.plus_second(a @ w)
            t = gb.binary.minus(t | r, left_default=0, right_default=0).new()
            if t.apply(gb.unary.abs).reduce(gb.monoid.plus).get(0) <= 1e-6:
                break
        return r.to_dense()

    return sweep


def graphmate_triangles(ends, o):
    import graph_mate
    import numpy as np

    g = graph_mate.Graph.from_numpy(np.ascontiguousarray(ends), graph_mate.Layout.Deduplicated)
    g.make_degree_ordered()
    return lambda: [g.global_triangle_count().triangles]


def igraph_betweenness(ends, o):
    g = with_igraph(ends)
    sources = chosen(ends) if o.sources else None
    return lambda: g.betweenness(directed=False, sources=sources)


def networkit_kcore(ends, o):
    nk, g = with_networkit(ends, o.threads)
    return lambda: nk.centrality.CoreDecomposition(g).run().scores()


def networkit_eigenvector(ends, o):
    nk, g = with_networkit(ends, o.threads)
    return lambda: nk.centrality.EigenvectorCentrality(g, tol=1e-8).run().scores()


def igraph_hits(ends, o):
    g = with_igraph(ends)
    return lambda: g.authority_score(scale=True)


CONFIDENCE, FACTORS, SWEEPS, REGULARIZATION = 40, 64, 3, 0.01


def purchases(path, value):
    import numpy as np
    import scipy.sparse as sp

    a = np.load(path + ".npy")
    return sp.csr_matrix((np.full(len(a), value, np.float32), (a[:, 0], a[:, 1])))


def implicit_als(path, o):
    from implicit.cpu.als import AlternatingLeastSquares
    import numpy as np

    c = 1 + CONFIDENCE
    m = purchases(path, c)
    als = AlternatingLeastSquares(factors=FACTORS, iterations=SWEEPS, regularization=REGULARIZATION, num_threads=o.threads, random_state=1)

    def fit():
        als.fit(m, show_progress=False)

    def loss():
        x, y = als.user_factors.astype(np.float64), als.item_factors.astype(np.float64)
        rows = np.repeat(np.arange(m.shape[0]), np.diff(m.indptr))
        total = REGULARIZATION * ((x**2).sum() + (y**2).sum()) + ((x.T @ x) * (y.T @ y)).sum()
        for lo in range(0, m.nnz, 1 << 18):
            s = np.einsum("ij,ij->i", x[rows[lo:lo + (1 << 18)]], y[m.indices[lo:lo + (1 << 18)]])
            total += (c * (1 - s) ** 2 - s**2).sum()
        return [total]

    return fit, loss


def implicit_itemknn(path, o):
    from implicit.nearest_neighbours import CosineRecommender

    m = purchases(path, 1)
    knn = CosineRecommender(K=21, num_threads=o.threads)  # a product is its own nearest

    def fit():
        knn.fit(m, show_progress=False)

    return fit, lambda: knn.similarity


def chosen(ends, many=256):
    """The vertices whose paths are counted: spread over the numbers."""
    import numpy as np

    seen = np.unique(ends)
    return [int(v) for v in seen[:: len(seen) // many][:many]]


def peer(name, path, out, o):
    import numpy as np

    if name.startswith("implicit"):
        kernel, result = globals()[name](path, o)
    else:
        kernel, result = globals()[name](np.load(path + ".npy"), o), None
    start, before = time.time(), resource.getrusage(resource.RUSAGE_SELF)
    answer = kernel()
    wall, after = time.time() - start, resource.getrusage(resource.RUSAGE_SELF)
    if result:
        answer = result()
    if name == "implicit_itemknn":
        np.savez(out.removesuffix(".npy") + ".npz", indptr=answer.indptr, indices=answer.indices, data=answer.data)
    else:
        np.save(out, np.asarray(answer, np.float64))
    print(json.dumps({
        "wall_s": wall,
        "cpu_s": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "peak_bytes": after.ru_maxrss * 1024,
    }))


def compare(kind, ours, theirs):
    """Exits with what is wrong unless two answers are the same."""
    import numpy as np

    if kind == "neighbours":
        import project_peers

        return project_peers.compare(ours, theirs.removesuffix(".npy") + ".npz")
    b = np.load(theirs)
    if kind == "loss":
        a = json.loads(pathlib.Path(ours).read_text())["loss"]
        print(f"  the loss is {a:.6g}, the peer's {b[0]:.6g}")
        if a > b[0] * 1.002:
            sys.exit("the peer's loss is lower")
        return None
    if kind == "total":
        count = np.loadtxt(ours, delimiter=",", skiprows=1, usecols=1).sum() / 3
        same, how = count == b[0], f"{count:.0f} triangles"
        if not same:
            sys.exit(f"{count:.0f} triangles, the peer has {b[0]:.0f}")
        return print("  the same", how)
    rows = np.loadtxt(ours, delimiter=",", skiprows=1, usecols=(0, 1))
    a = np.zeros_like(b)
    a[rows[:, 0].astype(np.int64)] = rows[:, 1]
    seen = np.zeros(len(b), bool)
    seen[rows[:, 0].astype(np.int64)] = True
    if kind == "ranks":
        # Peers' graphs also hold the numbers that no tie names; each has the
        # same small rank.
        b = np.where(seen, b, 0) / b[seen].sum()
        off, allowed = np.abs(a - b).sum(), 3e-5
    elif kind == "vector":
        b = b / np.sqrt((b * b).sum())
        off, allowed = np.sqrt(((a - b) ** 2).sum()), 1e-5
    elif kind == "whole":
        off, allowed = np.abs(a - b)[seen].max(), 0
    else:
        off, allowed = np.abs(a - b).max() / b.max(), 1e-9
    print(f"  the answers differ by {off:.2g}")
    if off > allowed:
        sys.exit(f"the answers differ by {off}, more than {allowed}")


PAIRS = {
    # name: graph, arguments of kith graph, how answers are compared, peers
    "pagerank": ("rmat-large", ["pagerank", "--undirected"], "ranks", ["graphmate_pagerank", "graphblas_pagerank", "networkit_pagerank"]),
    "triangles": ("rmat-scale", ["triangles"], "total", ["graphmate_triangles"]),
    "betweenness-256": ("planted-100000", ["betweenness", "--undirected"], "relative", ["igraph_betweenness"]),
    "betweenness-exact": ("planted-10000", ["betweenness", "--undirected"], "relative", ["igraph_betweenness"]),
    "kcore": ("rmat-large", ["kcore"], "whole", ["networkit_kcore"]),
    "als": ("purchases", ["als", f"--factors={FACTORS}", f"--sweeps={SWEEPS}", f"--confidence={CONFIDENCE}", f"--regularization={REGULARIZATION}"], "loss", ["implicit_als"]),
    "itemknn": ("purchases", ["itemknn", "--weighting", "cosine", "--k", "20"], "neighbours", ["implicit_itemknn"]),
    "hits": ("rmat-scale", ["hits", "--undirected", "--tolerance", "1e-6"], "vector", ["igraph_hits", "networkit_eigenvector"]),
}


def kith(binary, args, path, out, threads):
    def graph(verb, *rest):
        command = [binary, "graph", verb, path, *rest, "--json", "--threads", str(threads)]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    if args[0] in ("als", "itemknn"):  # whose --out is lists for customers
        text = graph(*args)
        if args[0] == "als":
            pathlib.Path(out).write_text(text)
        elif not pathlib.Path(out).exists():
            graph("project", "--side", "products", *args[1:], "--out", out)
    else:
        text = graph(*args, "--out", out)
    r = json.loads(text)
    return {"wall_s": r["kernel_s"], "cpu_s": r["kernel_cpu_s"], "peak_bytes": r["peak_bytes"]}


def noise(values):
    return (max(values) - min(values)) / statistics.median(values)


def told(apart, rounds):
    return f"±{apart / 2:.0%}" if rounds > 1 else "one turn"


HEAD = ["| kernel | graph, threads | kith | peer | ratio | noise | peak memory |", "| --- | --- | --- | --- | --- | --- | --- |"]


def write(rows):
    """Keeps the rows beside the inputs and writes all that were ever kept."""
    import pair

    kept = pair.workplace() / "kernels.json"
    table = json.loads(kept.read_text()) if kept.exists() else {}
    for title, peers in rows.items():
        table.setdefault(title, {}).update(peers)
    kept.write_text(json.dumps(table, indent=1))
    lines = ["`python3 graph/bench/peers/kernels_peers.py --write`, processor seconds of the kernel alone, median of the turns. Noise is",
             "half the distance between the quickest and the slowest turn, kith's and the peer's. ALS is three sweeps of 64 factors;",
             "networkit has no HITS, but its eigenvector centrality is the same for ties both ways:", "", *HEAD]
    for title, (_, _, _, peers) in PAIRS.items():
        lines += [table[title][who] for who in peers if who in table.get(title, {})]
    page = pair.ROOT / "docs" / "performance.md"
    text = page.read_text()
    head, found, tail = text.partition(MARK)
    if not found:
        sys.exit(f"{page} has no line {MARK}")
    rest = tail[tail.find("\n## "):] if "\n## " in tail else ""
    page.write_text(head + MARK + "\n\n" + "\n".join(lines) + "\n" + rest)


def main():
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # which implicit asks for
    p = argparse.ArgumentParser()
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--scale", type=int, default=18)
    p.add_argument("--large", type=int, default=20)
    p.add_argument("--only", default=",".join(PAIRS))
    p.add_argument("--against", default="graphmate,graphblas,networkit,igraph,implicit")
    p.add_argument("--write", action="store_true")
    p.add_argument("--sources", action="store_true", help=argparse.SUPPRESS)
    p.add_argument("--peer", nargs=3, help=argparse.SUPPRESS)
    p.add_argument("--generate", nargs=2, help=argparse.SUPPRESS)
    p.add_argument("--choose", help=argparse.SUPPRESS)
    p.add_argument("--compare", nargs=3, help=argparse.SUPPRESS)
    o = p.parse_args()
    if o.generate:
        return generate(*o.generate)
    if o.peer:
        return peer(*o.peer, o)
    if o.compare:
        return compare(*o.compare)
    if o.choose:
        import numpy as np

        return print(json.dumps(chosen(np.load(o.choose + ".npy"))))

    import pair

    for name in ("RAYON_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = str(o.threads)
    place = pair.workplace()
    python = pair.python("requirements-kernels.txt")
    binary = os.environ.get("KITH") or pair.build("./cmd/kith")
    table = {}
    for title in o.only.split(","):
        graph, args, kind, peers = PAIRS[title]
        peers = [who for who in peers if who.split("_")[0] in o.against.split(",")]
        name = {"rmat-large": f"rmat-{o.large}", "rmat-scale": f"rmat-{o.scale}", "purchases": "purchases-200000-20000-5000000"}.get(graph, graph)
        path = str(place / f"{name}.csv")
        if not pathlib.Path(path + ".npy").exists():
            subprocess.run([python, __file__, "--generate", name, path], check=True)
        snapshot = str(place / f"{name}.kith")
        subprocess.run([binary, "graph", "snapshot", path, "--out", snapshot, "--two-sides" if graph == "purchases" else "--undirected"],
                       check=True, stdout=subprocess.DEVNULL)
        flags = []
        if title == "betweenness-256":
            flags = ["--sources"]
            listed = json.loads(subprocess.check_output([python, __file__, "--choose", path]))
            args = args + [f"--from={v}" for v in listed]
        seen = {who: [] for who in ["kith", *peers]}
        answers = {who: str(place / f"answer-{title}-{who}") for who in seen}
        pathlib.Path(answers["kith"]).unlink(missing_ok=True)
        for _, who in itertools.product(range(o.rounds), seen):
            if who == "kith":
                seen[who].append(kith(binary, args, snapshot, answers[who], o.threads))
            else:
                seen[who].append(pair.run([python, __file__, "--threads", str(o.threads), *flags, "--peer", who, path, answers[who] + ".npy"]))
        print(f"{title} of {name}, {o.threads} threads")
        cpu = {who: statistics.median(r["cpu_s"] for r in list) for who, list in seen.items()}
        peak = {who: max(r["peak_bytes"] for r in list) / 2**20 for who, list in seen.items()}
        apart = {who: noise([r["cpu_s"] for r in list]) for who, list in seen.items()}
        for who in seen:
            wall = statistics.median(r["wall_s"] for r in seen[who])
            print(f"  {who:24} processor {cpu[who]:8.3f} s (±{apart[who] / 2:.0%})   wall {wall:8.3f} s   peak {peak[who]:7.0f} MiB"
                  f"   kith takes {cpu['kith'] / cpu[who]:5.2f}")
        for who in peers:
            subprocess.run([python, __file__, "--compare", kind, answers["kith"], answers[who] + ".npy"], check=True)
            table.setdefault(title, {})[who] = (
                f"| {title} | {name}, {o.threads} | {cpu['kith']:.3f} s | {who.split('_')[0]} {cpu[who]:.3f} s | {cpu['kith'] / cpu[who]:.2f} "
                f"| {told(apart['kith'], o.rounds)}, {told(apart[who], o.rounds)} | {peak['kith']:.0f} MiB against {peak[who]:.0f} |")
        sys.stdout.flush()
        if o.write:
            write(table)


if __name__ == "__main__":
    main()
