"""What holds the benchmark honest: the report is what the results say, ratios are right, no figure is made up."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import judge
import report
import rounds
import run
import targets

BENCH = Path(__file__).resolve().parent.parent
RESULTS = json.loads((BENCH / "results.json").read_text())


def row(form="ratio", bound=2, **more):
    return judge.Row("section", "what", form, "ours", bound, more.pop("other", "other"), **more)


def test_the_report_is_what_the_results_say():
    assert (BENCH / "REPORT.md").read_text() == report.render(RESULTS)


def test_every_plot_that_the_report_shows_is_there():
    shown = re.findall(r"\]\((plots/\S+)\)", report.render(RESULTS))
    assert len(shown) == len(list((BENCH / "plots").iterdir())) > 4
    for plot in shown:
        ElementTree.parse(BENCH / plot)  # noqa: S314


def test_nothing_tells_of_the_machine_but_what_kind_it_is():
    for file in [BENCH / "REPORT.md", BENCH / "results.json", *(BENCH / "plots").iterdir()]:
        assert not re.search(r"/(tmp|root|home|work|usr|Users)/", file.read_text()), file


def test_every_sample_belongs_to_a_row_or_a_plot_and_has_its_rounds():
    assert all(len(values) >= 1 for values in RESULTS["samples"].values())
    verdicts = [judge.judge(row, RESULTS["samples"]) for row in targets.rows(RESULTS["samples"], quick=False)]
    assert sum(verdict.met is not None for verdict in verdicts) >= 30


def test_a_spread_is_median_and_quartiles():
    assert judge.spread([4, 1, 3, 2, 5]) == (2, 3, 4)
    assert judge.spread([7]) == (7, 7, 7)
    with pytest.raises(ValueError, match="without values"):
        judge.spread([])


def test_ratios_are_taken_round_by_round():
    # The machine was ten times slower in the second round, which is nothing that ours has done.
    samples = {"ours": [2, 30, 2], "other": [1, 10, 1]}
    assert judge.judge(row(), samples).figure == (2, 2, 2.5)
    assert judge.figures(row(form="faster"), {"ours": [2], "other": [300]}) == [150]
    assert judge.figures(row(form="over"), {"ours": [17.5], "other": [15]}) == [2.5]
    within = row(form="within", plus="curl", factor=1.2)
    assert judge.figures(within, {"ours": [32], "other": [20], "curl": [10]}) == [1]


@pytest.mark.parametrize(
    ("form", "bound", "ours", "met"),
    [
        ("ratio", 2, 20, True),
        ("ratio", 2, 20.1, False),
        ("faster", 4, 2.5, True),
        ("faster", 4, 2.6, False),
        ("over", 5, 15, True),
        ("over", 5, 15.1, False),
        ("value", 250, 250, True),
        ("value", 250, 251, False),
    ],
)
def test_a_target_is_met_to_the_last_digit(form, bound, ours, met):
    assert judge.judge(row(form=form, bound=bound), {"ours": [ours], "other": [10]}).met is met


def test_no_target_no_verdict():
    assert judge.judge(row(bound=None), {"ours": [1], "other": [1]}).met is None


def test_the_floor_decides_only_where_it_misses_the_target_itself():
    def verdict(floor, **more):
        return judge.judge(row(floor="floor", **more), {"ours": [39], "other": [10], "floor": [floor]})

    assert (verdict(30).met, verdict(30).by_floor) == (True, 1.3)
    assert verdict(29).met is False
    assert (verdict(15).met, verdict(15).by_floor) == (False, None)
    faster = {"form": "faster", "bound": 1}
    assert (verdict(30, **faster).met, verdict(9, **faster).met) == (True, False)
    threads = judge.Row("s", "w", "value", "ours", 1.9, is_least=True, floor="floor", near=1.05)
    assert judge.judge(threads, {"ours": [1.2], "floor": [1.2]}).met is True
    assert judge.judge(threads, {"ours": [1.2], "floor": [1.3]}).met is False
    assert judge.judge(threads, {"ours": [1.2], "floor": [1.95]}).by_floor is None


def test_a_sample_that_is_missing_is_an_error():
    for samples in ({"ours": [1]}, {"ours": [1], "other": []}):
        with pytest.raises(KeyError, match="no sample other"):
            judge.judge(row(), samples)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ([sys.executable, "-c", "raise SystemExit('no token')"], "status 1: no token"),
        ([sys.executable, "-c", "import time; time.sleep(60)"], "did not end within 1 s"),
        ([sys.executable, "-c", "print('nothing')"], "printed no figures"),
        ([sys.executable, "-c", "print('{}')"], "printed no figures"),
        ([sys.executable, "-c", ""], "printed no figures"),
        (["there-is-no-such-program"], "cannot be run"),
    ],
)
def test_a_program_that_does_not_measure_is_an_error(command, told):
    with pytest.raises(rounds.MeasurementFailed, match=told):
        rounds.numbers_of(command, patience=1)


def test_a_theme_that_fails_ends_it_without_a_report(tmp_path, monkeypatch):
    class Theme:
        __name__ = "themes.failing"

        @staticmethod
        def take(bench, samples, notes):
            rounds.output_of([sys.executable, "-c", "raise SystemExit(3)"])

    for name in ("RESULTS", "REPORT", "PLOTS"):
        monkeypatch.setattr(run, name, tmp_path / name)
    monkeypatch.setattr(run, "THEMES", (Theme,))
    monkeypatch.setattr(sys, "argv", ["run.py", str(tmp_path), str(tmp_path), str(tmp_path)])
    with pytest.raises(rounds.MeasurementFailed, match="status 3"):
        run.main()
    assert not list(tmp_path.iterdir())


def test_a_failure_is_told_and_is_the_status(tmp_path):
    command = [sys.executable, BENCH / "run.py", "--quick", tmp_path, tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("bench: 0 of the wheel instead of one")
