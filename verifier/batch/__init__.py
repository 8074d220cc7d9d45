"""Judging many DERs: one function from Arrow table to Arrow table, and what feeds it and keeps its results."""
