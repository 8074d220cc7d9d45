/**
 * How a private key file is encrypted (RFC 8018, and Korea's seedCBCWithSHA1), read before any password is tried, and
 * its decryption. For the worker.
 */

import { OCTET_STRING, SEQUENCE, INTEGER, children, exactly, integer, oid, require } from "./der.js";
import { KeyRefused } from "./errors.js";
import { BLOCK_BYTES, decryptCbc } from "./seed.js";

/** As the command refuses it: two seconds of an ordinary machine (PKI-031). */
export const MOST_ITERATIONS = 2_000_000;
/** Where WebCrypto has to be asked for each round by itself. */
export const MOST_SINGLE_ROUNDS = 200_000;

const PBES2 = "1.2.840.113549.1.5.13";
const PBKDF2 = "1.2.840.113549.1.5.12";
const SEED_CBC_WITH_SHA1 = "1.2.410.200004.1.15";
const SEED_CBC = "1.2.410.200004.1.4";
const HMAC_SHA1 = "1.2.840.113549.2.7";

/** @type {Record<string, string>} */
const PRFS = {
  [HMAC_SHA1]: "SHA-1",
  "1.2.840.113549.2.9": "SHA-256",
  "1.2.840.113549.2.10": "SHA-384",
  "1.2.840.113549.2.11": "SHA-512",
};

/** @type {Record<string, number>} bytes of key by cipher */
const AES_CBC = { "2.16.840.1.101.3.4.1.2": 16, "2.16.840.1.101.3.4.1.22": 24, "2.16.840.1.101.3.4.1.42": 32 };

const LEGACY = new Set([
  "1.2.840.113549.3.2", // rc2-CBC
  "1.2.840.113549.3.7", // des-ede3-cbc
  "1.3.14.3.2.7", // des-cbc
]);
const LEGACY_FAMILIES = ["1.2.840.113549.1.12.1.", "1.2.840.113549.1.5."]; // PBES1 of PKCS#12 and of PKCS#5

/**
 * @callback Decryption
 * @param {Uint8Array} password
 * @param {Uint8Array} data
 * @returns {Promise<Uint8Array | null>} null where the padding is none: the password is wrong, or the data damaged
 */

/**
 * @param {import("./der.js").Element} algorithm AlgorithmIdentifier
 * @returns {Decryption}
 * @throws {KeyRefused} it is not one that is opened here
 * @throws {import("./der.js").NotDer}
 */
export function decryption(algorithm) {
  const [type, parameters] = children(algorithm, SEQUENCE);
  const scheme = oid(type);
  if (scheme === SEED_CBC_WITH_SHA1) return seedWithSha1(parameters);
  if (scheme !== PBES2) throw unsupported(scheme);
  const [derivation, encryption] = exactly(parameters, 2);
  const [cipher, vector] = exactly(encryption, 2);
  const name = oid(cipher);
  if (name !== SEED_CBC && !(name in AES_CBC)) throw unsupported(name);
  const keyBytes = name === SEED_CBC ? BLOCK_BYTES : AES_CBC[name];
  const derive = pbkdf2(derivation, keyBytes);
  const iv = require(vector, OCTET_STRING).content;
  if (iv.length !== BLOCK_BYTES) throw new KeyRefused("key-file-damaged");
  const decrypt = name === SEED_CBC ? seed : aes;
  return async (password, data) => decrypt(await derive(password), iv, data);
}

/**
 * @param {string} scheme
 * @returns {KeyRefused}
 */
function unsupported(scheme) {
  const legacy = LEGACY.has(scheme) || LEGACY_FAMILIES.some((family) => scheme.startsWith(family));
  return new KeyRefused(legacy ? "key-encryption-legacy" : "key-encryption-unsupported");
}

/**
 * @param {number} iterations
 * @param {number} most
 */
export function requireBearable(iterations, most) {
  if (iterations < 1) throw new KeyRefused("key-file-damaged");
  if (iterations > most) throw new KeyRefused("key-iterations-excessive");
}

/**
 * @param {import("./der.js").Element} algorithm
 * @param {number} keyBytes
 * @returns {(password: Uint8Array) => Promise<Uint8Array>}
 */
function pbkdf2(algorithm, keyBytes) {
  const [type, parameters] = children(algorithm, SEQUENCE);
  if (oid(type) !== PBKDF2) throw new KeyRefused("key-encryption-unsupported");
  const [salt, count, ...rest] = children(parameters, SEQUENCE);
  const length = rest[0]?.tag === INTEGER ? rest.shift() : undefined;
  const hash = PRFS[rest.length ? oid(children(rest[0], SEQUENCE)[0]) : HMAC_SHA1];
  if (rest.length > 1 || !hash) throw new KeyRefused("key-encryption-unsupported");
  if (length && integer(length) !== keyBytes) throw new KeyRefused("key-file-damaged");
  const iterations = integer(count);
  requireBearable(iterations, MOST_ITERATIONS);
  const settings = { name: "PBKDF2", hash, iterations, salt: require(salt, OCTET_STRING).content };
  return async (password) => {
    const base = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    return new Uint8Array(await crypto.subtle.deriveBits(settings, base, 8 * keyBytes));
  };
}

/**
 * Key and vector by PBKDF1 with SHA-1 (RFC 8018 §5.1): the first 16 bytes, and SHA-1 over the last four.
 *
 * @param {import("./der.js").Element} parameters
 * @returns {Decryption}
 */
function seedWithSha1(parameters) {
  const [salt, count] = exactly(parameters, 2);
  const iterations = integer(count);
  requireBearable(iterations, MOST_SINGLE_ROUNDS);
  const salted = require(salt, OCTET_STRING).content;
  return async (password, data) => {
    let derived = Uint8Array.from([...password, ...salted]);
    for (let round = 0; round < iterations; round += 1) derived = await sha1(derived);
    return seed(derived.subarray(0, BLOCK_BYTES), (await sha1(derived.subarray(BLOCK_BYTES))).subarray(0, BLOCK_BYTES), data);
  };
}

/**
 * @param {Uint8Array} data
 * @returns {Promise<Uint8Array>}
 */
async function sha1(data) {
  return new Uint8Array(await crypto.subtle.digest("SHA-1", data));
}

/**
 * @param {Uint8Array} key
 * @param {Uint8Array} iv
 * @param {Uint8Array} data
 * @returns {Promise<Uint8Array | null>}
 */
async function seed(key, iv, data) {
  if (data.length === 0 || data.length % BLOCK_BYTES) throw new KeyRefused("key-file-damaged");
  const padded = decryptCbc(key, iv, data);
  const count = padded[padded.length - 1];
  const sound = count >= 1 && count <= BLOCK_BYTES && padded.subarray(-count).every((byte) => byte === count);
  return sound ? padded.subarray(0, -count) : null;
}

/**
 * @param {Uint8Array} key
 * @param {Uint8Array} iv
 * @param {Uint8Array} data
 * @returns {Promise<Uint8Array | null>}
 */
async function aes(key, iv, data) {
  if (data.length === 0 || data.length % BLOCK_BYTES) throw new KeyRefused("key-file-damaged");
  const imported = await crypto.subtle.importKey("raw", key, "AES-CBC", false, ["decrypt"]);
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv }, imported, data));
  } catch {
    return null;
  }
}
