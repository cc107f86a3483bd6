"""Runs the trials of `bauta tune` on a Ray cluster: plan, do all trials of a round anywhere, plan again until none is left.

    pip install ray
    python examples/ray_tune.py DATASET OUT [--bauta PROGRAM] [--cpus N] [-- OPTIONS OF bauta tune]

DATASET and OUT must be seen by all machines at the same place (a shared folder). A trial that fails, or takes its machine
with it, is marked or done again; the others go on.
"""

import argparse
import json
import pathlib
import subprocess
import sys

import ray


def planned(program, dataset, out, options):
    """The trials that may be done now, as a file of JSON lines in `out`, and how many there are."""
    told = subprocess.run([program, "tune", dataset, "--out", out, "--plan", *options], stdout=subprocess.PIPE, text=True)
    if told.returncode != 0:
        sys.exit(told.returncode)
    lines = told.stdout.splitlines()
    stage = json.loads(lines[0])["stage"] if lines else 0
    plan = pathlib.Path(out) / f"plan-{stage}.jsonl"
    if lines:
        plan.write_text(told.stdout)
    return str(plan), len(lines)


@ray.remote(max_retries=2)
def trial(program, plan, line, out):
    """One trial, on whatever machine Ray chose; whether it is finished, and what it said."""
    done = subprocess.run(
        [program, "tune", "--trial", f"{plan}:{line}", "--out", out], capture_output=True, text=True, check=False
    )
    return done.returncode == 0, (done.stdout + done.stderr).strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset")
    parser.add_argument("out")
    parser.add_argument("--bauta", default="bauta", help="the program, where every machine has it")
    parser.add_argument("--cpus", type=float, default=1, help="cores for each trial; give --threads N after -- too")
    arguments, options = parser.parse_known_args()
    options = [option for option in options if option != "--"]
    dataset, out = (str(pathlib.Path(path).absolute()) for path in (arguments.dataset, arguments.out))
    # Inside a cluster this joins it; elsewhere it starts one on this machine.
    ray.init(log_to_driver=False)
    tries = {}
    while True:
        plan, count = planned(arguments.bauta, dataset, out, options)
        if count == 0:
            break
        # A trial that cannot even be started would be due for ever.
        tries[plan] = tries.get(plan, 0) + 1
        if tries[plan] > 4:
            sys.exit(f"{count} trials of {plan} do not end; do one by hand to see why: bauta tune --trial {plan}:1 --out {out}")
        print(f"{plan}: {count} trials", flush=True)
        waiting = [
            trial.options(num_cpus=arguments.cpus).remote(arguments.bauta, plan, line, out)
            for line in range(1, count + 1)
        ]
        while waiting:
            ready, waiting = ray.wait(waiting)
            for finished, said in ray.get(ready):
                print(said if finished else f"not finished: {said}", flush=True)
    subprocess.run([arguments.bauta, "tune", "--collect", out], check=True)


if __name__ == "__main__":
    main()
