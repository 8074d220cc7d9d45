/** The MAC of PKCS#12 and the derivation of its key (RFC 7292 §4, B.2), over WebCrypto's digests. For the worker. */

import { OCTET_STRING, SEQUENCE, children, exactly, integer, joined, oid, require } from "./der.js";
import { KeyRefused } from "./errors.js";
import { MOST_SINGLE_ROUNDS, requireBearable } from "./pbes.js";

const MAC_KEY = 3; // the diversifier of B.3
const DEFAULT_ITERATIONS = 1;

/** @type {Record<string, {hash: string, block: number, size: number}>} */
const HASHES = {
  "1.3.14.3.2.26": { hash: "SHA-1", block: 64, size: 20 },
  "2.16.840.1.101.3.4.2.1": { hash: "SHA-256", block: 64, size: 32 },
  "2.16.840.1.101.3.4.2.2": { hash: "SHA-384", block: 128, size: 48 },
  "2.16.840.1.101.3.4.2.3": { hash: "SHA-512", block: 128, size: 64 },
};

/**
 * @param {import("./der.js").Element} mac MacData
 * @param {Uint8Array} password as BMPString with its end
 * @returns {Promise<{key: {bytes: Uint8Array, hash: string}, digest: Uint8Array}>} the key, and what the MAC has to be
 * @throws {KeyRefused}
 */
export async function macKey(mac, password) {
  const [digestInfo, salt, count] = children(mac, SEQUENCE);
  const [algorithm, digest] = exactly(digestInfo, 2);
  const found = HASHES[oid(children(algorithm, SEQUENCE)[0])];
  if (!found) throw new KeyRefused("key-encryption-unsupported"); // such as PBMAC1 (RFC 9579)
  const iterations = count ? integer(count) : DEFAULT_ITERATIONS;
  requireBearable(iterations, MOST_SINGLE_ROUNDS);
  const bytes = await derived(found, password, require(salt, OCTET_STRING).content, iterations);
  return { key: { bytes, hash: found.hash }, digest: require(digest, OCTET_STRING).content };
}

/**
 * One block is all a MAC's key takes, so the steps of B.2 that make further ones are not here.
 *
 * @param {{hash: string, block: number, size: number}} by
 * @param {Uint8Array} password
 * @param {Uint8Array} salt
 * @param {number} iterations
 * @returns {Promise<Uint8Array>}
 */
async function derived(by, password, salt, iterations) {
  const diversifier = new Uint8Array(by.block).fill(MAC_KEY);
  let key = joined(diversifier, repeated(salt, by.block), repeated(password, by.block));
  for (let round = 0; round < iterations; round += 1) {
    key = new Uint8Array(await crypto.subtle.digest(by.hash, key));
  }
  return key;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} block
 * @returns {Uint8Array} over and over, to whole blocks
 */
function repeated(bytes, block) {
  const size = Math.ceil(bytes.length / block) * block;
  return Uint8Array.from({ length: size }, (_, at) => bytes[at % bytes.length]);
}
