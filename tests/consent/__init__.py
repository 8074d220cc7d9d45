"""Consent texts, the structured form and the evidence kinds."""
