#!/bin/sh
# One round of `bauta tune` as a Slurm job array, which starts the next round when it is done:
#     sh examples/slurm_tune.sh DATASET OUT [OPTIONS OF bauta tune]
# DATASET and OUT are on a disk that all nodes see, at the same place; bauta is on the path.
set -eu
dataset=$1
out=$2
shift 2
mkdir -p "$out"
plan=$(mktemp "$out/plan-XXXXXX.jsonl")
bauta tune "$dataset" --out "$out" --plan "$@" > "$plan"
count=$(wc -l < "$plan")
if [ "$count" -eq 0 ]; then
	rm "$plan"
	exec bauta tune --collect "$out"
fi
# A trial that fails is marked and does not hold up the others: the next round begins after any end of all.
array=$(sbatch --parsable --array="1-$count" --cpus-per-task=2 --job-name=bauta \
	--wrap="bauta tune --trial '$plan':\$SLURM_ARRAY_TASK_ID --out '$out'")
sbatch --dependency="afterany:$array" --job-name=bauta-next --output="$out/next.log" "$0" "$dataset" "$out" "$@"
