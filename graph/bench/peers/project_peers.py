#!/usr/bin/env python3
"""Projects a generated customer-product graph with kith and with sparse_dot_topn.

    python3 graph/bench/peers/project_peers.py [--side columns|rows] [--rounds 3] [--write]
        [--customers 200000] [--products 20000] [--purchases 5000000] [--threads 2]

Both take the same file, compute the cosine top 20 of one side, and take turns. The
neighbours are compared: a similarity may differ by the rounding of the peer's sums of
thousands of small float32 terms, and neighbours of the same rank may be exchanged
where their similarities are equal to within that.
--write puts a row into the table of docs/performance.md.
The time of kith has the transposition and the norms in it, that of the peer only
its multiplication.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time

K = 20


def generate(path, customers, products, purchases):
    """Distinct purchases: popularity like 1/(rank+20), activity log-normal."""
    import numpy as np

    rng = np.random.default_rng(7)
    popularity = 1 / (np.arange(products) + 20.0)
    activity = rng.lognormal(0, 1, customers)
    keys = np.empty(0, np.int64)
    while len(keys) < purchases:
        more = int((purchases - len(keys)) * 1.1) + 1000
        c = rng.choice(customers, more, p=activity / activity.sum()).astype(np.int64)
        p = rng.choice(products, more, p=popularity / popularity.sum())
        keys = np.unique(np.concatenate([keys, c * products + p]))
    keys = rng.permutation(keys)[:purchases]
    with open(path, "w") as file:
        file.write("customer,product\n")
        np.savetxt(file, np.stack([keys // products, keys % products], 1), fmt="%d", delimiter=",")


def peer(path, side, threads, out):
    import numpy as np
    import scipy.sparse as sp
    from sparse_dot_topn import sp_matmul_topn

    customer, product = np.loadtxt(path, np.int64, delimiter=",", skiprows=1, unpack=True)
    rows, cols = (customer, product) if side == "rows" else (product, customer)
    a = sp.csr_matrix((np.ones(len(rows), np.float32), (rows, cols)))
    norm = np.sqrt(np.asarray(a.sum(1), np.float64)).clip(1e-30)
    a = sp.csr_matrix(a.multiply(1 / norm), dtype=np.float32)
    b = a.T.tocsr()
    start, before = time.time(), resource.getrusage(resource.RUSAGE_SELF)
    near = sp_matmul_topn(a, b, top_n=K + 1, n_threads=threads)  # a vertex is its own nearest
    wall, after = time.time() - start, resource.getrusage(resource.RUSAGE_SELF)
    if out:
        np.savez(out, indptr=near.indptr, indices=near.indices, data=near.data)
    print(json.dumps({
        "wall_s": wall,
        "cpu_s": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "peak_bytes": after.ru_maxrss * 1024,
    }))


def compare(ours, theirs):
    """Exits with what is wrong unless both found the same similarities."""
    import numpy as np

    near = np.load(theirs)
    starts, near_cols, near_like = (near[k].tolist() for k in ("indptr", "indices", "data"))
    rows, cols, like = np.loadtxt(ours, delimiter=",", skiprows=1, unpack=True)
    rows = rows.astype(np.int64)
    order = np.argsort(rows, kind="stable")
    begin = np.searchsorted(rows[order], np.arange(len(starts))).tolist()
    cols, like = cols[order].astype(np.int64).tolist(), like[order].tolist()
    exchanged = 0
    for u in range(len(starts) - 1):
        lo, hi = starts[u], starts[u + 1]
        their = sorted((-d, v) for v, d in zip(near_cols[lo:hi], near_like[lo:hi]) if v != u)[:K]
        our = [(-like[i], cols[i]) for i in range(begin[u], begin[u + 1])]
        if len(our) != len(their):
            sys.exit(f"vertex {u}: {len(our)} neighbours, the peer has {len(their)}")
        for (a, v), (b, w) in zip(our, their):
            if abs(a - b) > 2e-4 * abs(b):
                sys.exit(f"vertex {u}: like {v} by {-a}, the peer has {w} by {-b}")
        exchanged += len({v for _, v in our} ^ {w for _, w in their}) // 2
    print(f"  the similarities agree; {exchanged} of {len(like)} neighbours are others of nearly equal similarity")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--side", choices=["columns", "rows"], default="columns")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--customers", type=int, default=200_000)
    p.add_argument("--products", type=int, default=20_000)
    p.add_argument("--purchases", type=int, default=5_000_000)
    p.add_argument("--threads", type=int, default=os.cpu_count())
    p.add_argument("--write", action="store_true")
    p.add_argument("--peer", nargs=2, help=argparse.SUPPRESS)
    p.add_argument("--generate", help=argparse.SUPPRESS)
    p.add_argument("--compare", nargs=2, help=argparse.SUPPRESS)
    o = p.parse_args()
    if o.generate:
        return generate(o.generate, o.customers, o.products, o.purchases)
    if o.peer:
        return peer(o.peer[0], o.side, o.threads, o.peer[1])
    if o.compare:
        return compare(*o.compare)

    import pair

    place = pair.workplace()
    python = pair.python("requirements-project.txt")
    own = os.environ.get("KITH") or pair.build("./cmd/kith")
    shape = [f"--{k}={getattr(o, k)}" for k in ("customers", "products", "purchases")]
    path = place / f"purchases-{o.customers}-{o.products}-{o.purchases}.csv"
    if not path.exists():
        subprocess.run([python, __file__, "--generate", f"{path}.part", *shape], check=True)
        os.rename(f"{path}.part", path)
    ours, theirs = place / "near.csv", place / "near.npz"
    side = {"columns": "products", "rows": "customers"}[o.side]
    command = [own, "graph", "project", str(path), "--side", side, "--weighting", "cosine", "--k", str(K),
               "--threads", str(o.threads), "--out", str(ours), "--json"]
    last = pair.turns(f"cosine top {K} of the {o.side}, {o.threads} threads", {
        "kith": command,
        "sparse_dot_topn": [python, __file__, "--side", o.side, "--threads", str(o.threads), "--peer", str(path), str(theirs)],
    }, o.rounds)
    subprocess.run([python, __file__, "--compare", str(ours), str(theirs)], check=True)
    if o.write:
        one, other = (f"{o.products:,} products", f"{o.customers:,} customers")[:: 1 if o.side == "columns" else -1]
        pair.write("project_peers", {f"{o.side}": pair.row(f"{one} of {other}, {o.purchases / 1e6:g} million purchases", last)})


if __name__ == "__main__":
    main()
