"""A shop whose payers sign their consent in the browser: what a biller's own checkout has to do, and no more."""
