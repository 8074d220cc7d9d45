"""Judging many DERs: one function from Arrow table to Arrow table, and what feeds it.

    from verifier.batch import judge_table

    result = judge_table(table, trust=trust, policy=policies.KFTC, at=now)  # columns.EVIDENCE in, columns.VERDICTS out
    result.filter(pc.field("indication") != "TOTAL_PASSED")
"""

from verifier.batch.judging import judge_table

__all__ = ["judge_table"]
