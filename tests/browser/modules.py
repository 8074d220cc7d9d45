"""Calls functions of the modules from Python: bytes go over in hexadecimal and come back so."""

from __future__ import annotations

from typing import Any, Final

from playwright.sync_api import Page

_CALL: Final = """async ([module, name, args]) => {
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
  const given = (value) => {
    if (value === null || typeof value !== "object") return value;
    if (value.hex !== undefined) return bytes(value.hex);
    if (value.date !== undefined) return new Date(value.date);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, given(inner)]));
  };
  const shown = (value) => {
    if (value instanceof Uint8Array) return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (value instanceof CryptoKey) return { type: value.type, extractable: value.extractable, usages: value.usages };
    if (value instanceof Date) return value.toISOString();
    if (Array.isArray(value)) return value.map(shown);
    if (value === null || typeof value !== "object") return typeof value === "function" ? "function" : value ?? null;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner)]));
  };
  const found = await import(`/static/${module}.js`);
  try {
    return ["gave", shown(await found[name](...args.map(given)))];
  } catch (error) {
    return ["threw", error.code ?? error.name];
  }
}"""


def call(page: Page, module: str, name: str, *args: Any) -> Any:
    """What a function gives, as `["gave", …]`, or the code or name of what it throws, as `["threw", …]`."""
    return page.evaluate(_CALL, [module, name, [_sent(arg) for arg in args]])


def _sent(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, dict):
        return {key: _sent(inner) for key, inner in value.items()}
    return value
