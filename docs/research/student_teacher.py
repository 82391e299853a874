"""Teacher, students and ensembles over generations and seeds.

As in Croitoru et al. 2019, Tables 1 to 3.

`python docs/research/student_teacher.py --dataset handheld-sim --dataset fs-singles-sim --seed 0-2`
trains what is missing, once for all seven outputs of every generation, and prints J at the best-J
threshold, J at 0.5 and CorLoc (of the box around the mask's largest component), and the claims of
Croitoru et al. 2019 as differences per seed, each method against its own teacher: with
`--set teacher=stitched-difference` that one, with `--method student-stitched` likewise.
"""

from __future__ import annotations

from itertools import product

import pandas as pd
from common import (
    fit_seconds,
    make_parser,
    markdown,
    run_script,
    run_seeds,
    spread,
    trained_on,
    value,
)

import selfbench
from selfbench import Results
from selfbench.methods.student_teacher.names import ENSEMBLES, STUDENTS
from selfbench.params import parse_assignments
from selfbench.plugins.registry import Registry

OUTPUTS = (*STUDENTS, *ENSEMBLES)
METRICS = {  # as the tables call them: metric, protocol
    "J": ("J", {}),
    "J at 0.5": ("J", {"threshold": "0.5"}),
    "CorLoc": ("CorLoc", {}),
}
Values = pd.DataFrame  # seeds x (whose masks, of which generation); the teacher's is 0
Runs = dict[tuple[str, int], dict[int, Results]]  # by the same, then by seed


def run_all(given, dataset: str, settings: dict[str, str], generations: int) -> Runs:
    """Run teacher, students and ensembles, in the order of the tables."""
    method = Registry().entry("methods", given.method).load()
    teacher = settings.get("teacher", method.Params().teacher)
    scopes = (f"{teacher}.", f"{dataset}.")
    own = {name: text for name, text in settings.items() if name.startswith(scopes)}
    runs = {("teacher", 0): run_seeds(given, teacher, dataset, own)}
    for generation, output in product(range(1, generations + 1), OUTPUTS):
        chosen = {"output": output, "generation": generation, "generations": generations}
        runs[output, generation] = run_seeds(
            given, given.method, dataset, settings | chosen, preset=given.preset
        )
    names = [teacher, given.method]
    places = {"results": given.results, "data_root": given.data_root}
    selfbench.score(names, dataset, metric="CorLoc", **places)
    return runs


def average(values: Values, generation: int, outputs: tuple[str, ...]) -> pd.Series:
    """The mean over networks of one generation, per seed."""
    return values[[(output, generation) for output in outputs]].mean(axis=1)


def table(values: Values, generations: int) -> pd.DataFrame:
    """A line per generation, then the gain from the first to the last."""
    rows: dict[str, dict[str, pd.Series]] = {}
    for generation in range(1, generations + 1):
        rows[f"generation {generation}"] = {
            **{name: values[name, generation] for name in STUDENTS},
            "mean of students": average(values, generation, STUDENTS),
            **{name: values[name, generation] for name in ENSEMBLES},
            "mean of ensembles": average(values, generation, ENSEMBLES),
        }
    if generations > 1:
        first, last = rows["generation 1"], rows[f"generation {generations}"]
        rows["gain"] = {name: last[name] - first[name] for name in first}
    texts = {
        label: {name: spread(list(seeds)) for name, seeds in row.items()}
        for label, row in rows.items()
    }
    teacher = {"generation 1": spread(list(values["teacher", 0]))}
    texts = {label: {"teacher": teacher.get(label, ""), **row} for label, row in texts.items()}
    return pd.DataFrame(texts).T


def claims(values: Values, generations: int) -> pd.DataFrame:
    """What the paper claims, as differences per seed."""
    teacher, differences = values["teacher", 0], {}
    students = {k: average(values, k, STUDENTS) for k in range(1, generations + 1)}
    ensemble = {k: values["multi-net", k] for k in students}
    for k in students:
        differences[f"students of generation {k} − teacher"] = students[k] - teacher
        name = f"Multi-Net − mean of the students, generation {k}"
        differences[name] = ensemble[k] - students[k]
    for k in range(2, generations + 1):
        step = f"generation {k} − generation {k - 1}"
        differences[f"{step}, mean of the students"] = students[k] - students[k - 1]
        differences[f"{step}, Multi-Net"] = ensemble[k] - ensemble[k - 1]
    rows = {
        claim: {
            "difference": spread(list(seeds)),
            "per seed": ", ".join(f"{difference:+.3f}" for difference in seeds),
        }
        for claim, seeds in differences.items()
    }
    return pd.DataFrame(rows).T.rename_axis("claim")


def main() -> None:
    parser = make_parser(__doc__, seed="0-2")
    parser.add_argument("--dataset", action="append", required=True)
    parser.add_argument("--method", default="student-teacher", help="or student-stitched")
    parser.add_argument("--generations", type=int, default=2)
    given = parser.parse_args()
    for dataset in given.dataset:
        arguments = (given, dataset, parse_assignments(given.set), given.generations)
        run_all(*arguments)
        runs = run_all(*arguments)  # finished: read again, with CorLoc
        for title, (metric, protocol) in METRICS.items():
            values = pd.DataFrame(
                {
                    who: {seed: value(results, metric, **protocol) for seed, results in of.items()}
                    for who, of in runs.items()
                }
            )
            print(f"{dataset}, {title}, seeds {', '.join(map(str, given.seed))}\n")
            print(f"{markdown(table(values, given.generations))}\n")
            print(f"{markdown(claims(values, given.generations))}\n")
        # Of all outputs of a seed one was trained; the others have its weights.
        minutes = [max(fit_seconds(of[seed] for of in runs.values())) / 60 for seed in given.seed]
        machine = trained_on(runs[OUTPUTS[0], 1][given.seed[0]])
        texts = ", ".join(f"{m:.1f}" for m in minutes)
        print(f"Minutes of training, teacher included: {texts}. {machine}\n")


if __name__ == "__main__":
    run_script(main)
