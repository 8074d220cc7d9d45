"""Every measurement, one after the other: `python -m bench`."""

from __future__ import annotations

from bench import judging, startup

if __name__ == "__main__":
    startup.main()
    judging.main()
