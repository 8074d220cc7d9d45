/** Bytes in base64 and hexadecimal, and their digests. */

/** @typedef {"sha256" | "sha384" | "sha512"} Digest */

/** WebCrypto's names. */
export const DIGESTS = Object.freeze({ sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" });

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function toBase64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/**
 * @param {unknown} text
 * @returns {Uint8Array}
 * @throws {SyntaxError} it is no base64
 */
export function fromBase64(text) {
  if (typeof text !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4) {
    throw new SyntaxError("not base64");
  }
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {Uint8Array} bytes
 * @param {Digest} [digest]
 * @returns {Promise<Uint8Array>}
 */
export async function hashed(bytes, digest = "sha256") {
  return new Uint8Array(await crypto.subtle.digest(DIGESTS[digest], bytes));
}
