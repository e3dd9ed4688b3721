#!/usr/bin/env python3
"""Reads generated edge lists with kith, with polars and scipy, and with DuckDB.

    python3 graph/bench/peers/read_peers.py [--rows 10000000] [--vertices 1000000] [--rounds 3] [--threads 2] [--write]

Two inputs: ties of two numbers, to the symmetric CSR (polars to columns, scipy to
CSR), and call records `caller,callee,start,seconds` with phone numbers, to the
weighted CSR (DuckDB reads and groups by both ends). kith's time is from the file to
the graph with its names. --write puts the table into docs/performance.md.
"""

import argparse
import json
import os
import resource
import subprocess
import time


def generate(path, kind, rows, vertices):
    import numpy as np

    rng = np.random.default_rng(1)
    step = 500_000
    with open(path, "w") as file:
        if kind == "calls":
            file.write("caller,callee,start,seconds\n")
        at = 1_700_000_000
        for lo in range(0, rows, step):
            n = min(step, rows - lo)
            u, v = rng.integers(0, vertices, (2, n))
            if kind == "ties":
                file.writelines(f"{a},{b}\n" for a, b in zip(u.tolist(), v.tolist()))
            else:
                t = at + np.cumsum(rng.integers(0, 2, n))
                at = int(t[-1])
                s = rng.integers(0, 600, n)
                file.writelines(f"+4520{a:06d},+4520{b:06d},{c},{d}\n"
                                for a, b, c, d in zip(u.tolist(), v.tolist(), t.tolist(), s.tolist()))


def peer(kind, path, threads):
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    if kind == "ties":
        import numpy as np
        import polars
        import scipy.sparse as sp
    else:
        import duckdb
    start, before = time.time(), resource.getrusage(resource.RUSAGE_SELF)
    if kind == "ties":
        d = polars.read_csv(path, has_header=False)
        u, v = (d[c].to_numpy().astype(np.int32) for c in d.columns)
        n = int(max(u.max(), v.max())) + 1
        m = sp.csr_matrix((np.ones(2 * len(u), np.float32), (np.concatenate([u, v]), np.concatenate([v, u]))), shape=(n, n))
        m.sum_duplicates()
        arcs = m.nnz
    else:
        c = duckdb.connect()
        c.execute(f"SET threads = {threads}")
        c.execute("""CREATE TABLE ties AS SELECT caller, callee, count(*) AS calls FROM read_csv(?, header = true,
            columns = {'caller': 'VARCHAR', 'callee': 'VARCHAR', 'start': 'BIGINT', 'seconds': 'BIGINT'}) GROUP BY 1, 2""", [path])
        arcs = c.execute("SELECT count(*) FROM ties").fetchone()[0]
    wall, after = time.time() - start, resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({
        "wall_s": wall, "arcs": arcs, "peak_bytes": after.ru_maxrss * 1024,
        "cpu_s": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    }))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--rows", type=int, default=10_000_000)
    p.add_argument("--vertices", type=int, default=1_000_000)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--threads", type=int, default=os.cpu_count())
    p.add_argument("--write", action="store_true")
    p.add_argument("--peer", nargs=2, help=argparse.SUPPRESS)
    p.add_argument("--generate", nargs=2, help=argparse.SUPPRESS)
    o = p.parse_args()
    if o.generate:
        return generate(*o.generate, o.rows, o.vertices)
    if o.peer:
        return peer(*o.peer, o.threads)

    import pair

    python = pair.python("requirements-read.txt")
    own = os.environ.get("KITH") or pair.build("./cmd/kith")
    # The quickest verb of each shape: what counts is loading the file.
    for kind, other, verb in [("ties", "polars, scipy", "components"), ("calls", "DuckDB", "scc")]:
        path = pair.workplace() / f"{kind}-{o.rows}-{o.vertices}.csv"
        if not path.exists():
            subprocess.run([python, __file__, "--generate", f"{path}.part", kind, f"--rows={o.rows}", f"--vertices={o.vertices}"], check=True)
            os.rename(f"{path}.part", path)
        last = pair.turns(f"{o.rows} {kind} to CSR, {o.threads} threads", {
            "kith": [own, "graph", verb, str(path), "--threads", str(o.threads), "--json"],
            other: [python, __file__, "--threads", str(o.threads), "--peer", kind, str(path)],
        }, o.rounds, "load")
        arcs = {name: r["arcs"] for name, r in last.items()}
        if len(set(arcs.values())) != 1:
            raise SystemExit(f"the graphs differ: {arcs}")
        if o.write:
            what = {"ties": f"{o.rows / 1e6:g} million ties of two numbers to a symmetric CSR with names",
                    "calls": f"{o.rows / 1e6:g} million call records `caller,callee,start,seconds` with phone numbers to a weighted CSR"}[kind]
            pair.write("read_peers", {kind: pair.row(what, last)})


if __name__ == "__main__":
    main()
