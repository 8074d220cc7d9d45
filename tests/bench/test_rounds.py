"""Everything takes its turn as often as everything else, and ratios are those of a round."""

from __future__ import annotations

import os
from collections.abc import Callable

from bench.rounds import cores, interleaved, median, on_one_core, ratio


def test_all_take_turns_and_none_is_always_first() -> None:
    order = ""

    def runner(name: str) -> Callable[[], float]:
        def run() -> float:
            nonlocal order
            order += name
            return float(len(order))

        return run

    times = interleaved({name: runner(name) for name in "abc"}, 3)
    assert order == "abc" + "bca" + "cab" + "abc"
    assert times == {"a": [6, 8, 10], "b": [4, 9, 11], "c": [5, 7, 12]}


def test_a_ratio_is_the_median_of_those_within_a_round() -> None:
    """A round on a slow machine counts no more than the others: 300 / 150, not 300 over what others took elsewhere."""
    times = {"slow": [200.0, 300.0, 20.0], "quick": [100.0, 150.0, 10.0]}
    assert ratio(times, "slow", "quick") == 2
    assert ratio(times, "quick", "slow") == 0.5
    assert median(times, "slow") == 200


def test_what_was_not_measured_has_no_median_and_no_ratio() -> None:
    assert median({}, "a") is None
    assert ratio({"a": [1.0]}, "a", "b") is None
    assert ratio({"a": [1.0]}, "b", "a") is None


def test_a_core_is_given_back() -> None:
    before = cores()
    with on_one_core():
        assert len(cores()) == 1 or not hasattr(os, "sched_setaffinity")
    assert cores() == before
