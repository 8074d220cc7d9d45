/** ECDSA signatures: WebCrypto makes r and s side by side, evidence has Ecdsa-Sig-Value (RFC 3279 §2.2.3). */

import { INTEGER, SEQUENCE, encode } from "./der.js";

/**
 * @param {Uint8Array} raw r and s, each as long as the curve's order
 * @returns {Uint8Array} SEQUENCE of two INTEGER
 */
export function ecdsaDer(raw) {
  if (raw.length === 0 || raw.length % 2) throw new RangeError("r and s have to be of one length");
  const half = raw.length / 2;
  return encode(SEQUENCE, unsigned(raw.subarray(0, half)), unsigned(raw.subarray(half)));
}

/**
 * @param {Uint8Array} bytes most significant first
 * @returns {Uint8Array} INTEGER, never negative and with no byte more than it takes
 */
function unsigned(bytes) {
  let at = 0;
  while (at < bytes.length - 1 && bytes[at] === 0) at += 1;
  const sign = bytes[at] >= 0x80 ? [0] : [];
  return encode(INTEGER, Uint8Array.from([...sign, ...bytes.subarray(at)]));
}
