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


def turns(title, commands, rounds, part="kernel"):
    """Runs the commands A B A B …, prints median wall and processor seconds, and
    the share of the first command's in each other's."""
    seen = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            seen[name].append(run(command, part))
    print(title)
    own = None
    for name, results in seen.items():
        wall = statistics.median(r["wall_s"] for r in results)
        cpu = statistics.median(r["cpu_s"] for r in results)
        peak = max(r.get("peak_bytes", 0) for r in results)
        own = own or (wall, cpu)
        print(f"  {name:24} wall {wall:8.2f} s   processor {cpu:8.2f} s   peak {peak / 2**20:7.0f} MiB"
              f"   kith takes {own[0] / wall:5.2f} of the wall time, {own[1] / cpu:5.2f} of the processor time")
    sys.stdout.flush()
    return {name: results[-1] for name, results in seen.items()}
