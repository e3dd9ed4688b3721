"""Runs kith and a peer in turns on the same input, so that both meet the same machine."""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]


def workplace():
    """The folder for environments, binaries and inputs: KITH_BENCH_DIR or build/bench."""
    place = pathlib.Path(os.environ.get("KITH_BENCH_DIR", ROOT / "build" / "bench"))
    place.mkdir(parents=True, exist_ok=True)
    return place


def python(requirements):
    """The interpreter of an environment that has what a requirements file lists."""
    place = workplace() / ("venv-" + pathlib.Path(requirements).stem)
    interpreter = place / "bin" / "python"
    mark = place / "installed.txt"
    wanted = (HERE / requirements).read_text()
    if not mark.exists() or mark.read_text() != wanted:
        venv.create(place, with_pip=True)
        subprocess.run([interpreter, "-m", "pip", "install", "-q", "-r", HERE / requirements], check=True)
        mark.write_text(wanted)
    return str(interpreter)


def build(package):
    """The binary of a Go package of this repository."""
    binary = workplace() / pathlib.Path(package).name
    subprocess.run(["go", "build", "-o", binary, package], cwd=ROOT, check=True)
    return str(binary)


def run(command, part="kernel"):
    """What a command prints: one JSON document, that of kith graph with the seconds
    of its kernel, or of loading the file, as wall_s and cpu_s, or JSON on the last
    line."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    try:
        said = json.loads(done.stdout)
    except json.JSONDecodeError:
        return json.loads(done.stdout.strip().splitlines()[-1])
    if "kernel" in said and part == "load":
        said["wall_s"], said["cpu_s"] = said["read_s"] + said["build_s"], said.get("load_cpu_s", 0)
    elif "kernel" in said:
        said["wall_s"], said["cpu_s"] = said["kernel_s"], said.get("kernel_cpu_s", 0)
    return said


def noise(values):
    """Half the distance between the least and the most, as a share of the middle."""
    return (max(values) - min(values)) / 2 / statistics.median(values)


def told(values):
    return f"±{noise(values):.0%}" if len(values) > 1 else "one turn"


def turns(title, commands, rounds, part="kernel"):
    """Runs the commands A B A B …, prints median wall and processor seconds with
    their noise, and the share of the first command's in each other's. It returns the
    last result of each, with the medians and the noise of both in it."""
    seen = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            seen[name].append(run(command, part))
    print(title)
    own, last = None, {}
    for name, results in seen.items():
        walls, cpus = [r["wall_s"] for r in results], [r["cpu_s"] for r in results]
        wall, cpu = statistics.median(walls), statistics.median(cpus)
        peak = max(r.get("peak_bytes", 0) for r in results)
        own = own or (wall, cpu)
        print(f"  {name:24} wall {wall:8.2f} s ({told(walls)})   processor {cpu:8.2f} s ({told(cpus)})   peak {peak / 2**20:7.0f} MiB"
              f"   kith takes {own[0] / wall:5.2f} of the wall time, {own[1] / cpu:5.2f} of the processor time")
        last[name] = results[-1] | {"wall_s": wall, "cpu_s": cpu, "peak_bytes": peak, "noise": told(cpus)}
    sys.stdout.flush()
    return last


def line(*cells):
    return "| " + " | ".join(cells) + " |"


def row(what, last):
    """A row of a table: kith, the peer, the ratios of processor and wall seconds, noise and memory."""
    (_, a), (peer, b) = last.items()
    return line(what, f"{a['cpu_s']:.2f} s", f"{peer} {b['cpu_s']:.2f} s", f"{a['cpu_s'] / b['cpu_s']:.2f}", f"{a['wall_s'] / b['wall_s']:.2f}",
                f"{a['noise']}, {b['noise']}", f"{a['peak_bytes'] / 2**20:,.0f} MiB against {b['peak_bytes'] / 2**20:,.0f}")


HEAD = [line("what", "kith", "peer", "ratio", "of wall time", "noise", "peak memory"), line(*["---"] * 7)]


def write(name, rows):
    """Keeps the rows beside the inputs and puts all that were kept under this name
    between its marks in docs/performance.md."""
    kept = workplace() / f"{name}.json"
    table = json.loads(kept.read_text()) if kept.exists() else {}
    table.update(rows)
    kept.write_text(json.dumps(table, indent=1))
    between(name, [*HEAD, *table.values()])


def between(name, lines):
    """Puts lines between the marks of this name in docs/performance.md."""
    page = ROOT / "docs" / "performance.md"
    begin, end = f"<!-- {name}.py: what stands from here to the end of the table is written by it -->", f"<!-- {name}.py: end -->"
    head, found, rest = page.read_text().partition(begin)
    _, ended, tail = rest.partition(end)
    if not (found and ended):
        raise SystemExit(f"{page} has no lines {begin} and {end}")
    page.write_text("\n".join([head + begin, "", *lines, "", end + tail]))
