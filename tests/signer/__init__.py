"""Tests of signer/."""
