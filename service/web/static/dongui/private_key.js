/** A private key in PKCS#8, made a CryptoKey that nothing can be taken out of. For the worker. */

import { DIGESTS } from "./bytes.js";
import { EC_PUBLIC_KEY, RSA_ENCRYPTION } from "./certificate.js";
import { OCTET_STRING, SEQUENCE, children, encode, oid, parse, require } from "./der.js";
import { KeyRefused } from "./errors.js";

/** @typedef {import("./bytes.js").Digest} Digest */
/** @typedef {import("./certificate.js").Certificate} Certificate */

const PROBE = new TextEncoder().encode("dongui: does this key belong to this certificate?");

/**
 * @param {Certificate} certificate
 * @param {Digest} digest
 * @returns {{importing: RsaHashedImportParams | EcKeyImportParams, signing: AlgorithmIdentifier | EcdsaParams}} for WebCrypto
 */
export function algorithms(certificate, digest) {
  const hash = DIGESTS[digest];
  const { algorithm: name, namedCurve } = certificate;
  return name === "ECDSA"
    ? { importing: { name, namedCurve: /** @type {string} */ (namedCurve) }, signing: { name, hash } }
    : { importing: { name, hash }, signing: { name } };
}

/**
 * The parts of a PrivateKeyInfo (RFC 5208 §5) without its attributes: NPKI keys keep R there, which concerns nobody.
 *
 * @param {Uint8Array} info
 * @returns {{type: string, pkcs8: Uint8Array}}
 * @throws {import("./der.js").NotDer}
 */
export function readPrivateKeyInfo(info) {
  const [version, algorithm, key] = children(parse(info), SEQUENCE);
  const type = oid(children(algorithm, SEQUENCE)[0]);
  return { type, pkcs8: encode(SEQUENCE, version.whole, algorithm.whole, require(key, OCTET_STRING).whole) };
}

/**
 * @param {{type: string, pkcs8: Uint8Array}} key
 * @param {Certificate} certificate
 * @param {Digest} digest
 * @returns {Promise<CryptoKey>} not extractable
 * @throws {KeyRefused} "key-not-of-certificate" if it is not this certificate's
 */
export async function importedFor({ type, pkcs8 }, certificate, digest) {
  if (type !== RSA_ENCRYPTION && type !== EC_PUBLIC_KEY) throw new KeyRefused("key-algorithm-unsupported");
  const isRsa = certificate.algorithm !== "ECDSA";
  if (isRsa !== (type === RSA_ENCRYPTION)) throw new KeyRefused("key-not-of-certificate");
  const { importing } = algorithms(certificate, digest);
  let key;
  try {
    key = await crypto.subtle.importKey("pkcs8", pkcs8, importing, false, ["sign"]);
  } catch (error) {
    throw new KeyRefused(isRsa ? "key-file-damaged" : "key-not-of-certificate", { cause: error });
  } finally {
    pkcs8.fill(0);
  }
  await requireMatching(key, certificate, digest);
  return key;
}

/**
 * @param {CryptoKey} key
 * @param {Certificate} certificate
 * @param {Digest} digest
 * @throws {KeyRefused}
 */
export async function requireMatching(key, certificate, digest) {
  const { importing, signing } = algorithms(certificate, digest);
  let matches;
  try {
    const publicKey = await crypto.subtle.importKey("spki", certificate.publicKey, importing, false, ["verify"]);
    matches = await crypto.subtle.verify(signing, publicKey, await crypto.subtle.sign(signing, key, PROBE), PROBE);
  } catch (error) {
    throw new KeyRefused("key-cannot-sign", { cause: error });
  }
  if (!matches) throw new KeyRefused("key-not-of-certificate");
}
