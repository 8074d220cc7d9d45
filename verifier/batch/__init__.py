"""Judging many DERs: one function from Arrow table to Arrow table, and what feeds it.

`judge_table(table, trust=…, policy=…, at=…)` takes the columns of `columns.EVIDENCE` and gives those of
`columns.VERDICTS`, a row for a row.
"""

from verifier.batch.judging import judge_table

__all__ = ["judge_table"]
