"""Tests that run in a real browser: Debian's Chromium, driven by Playwright."""
