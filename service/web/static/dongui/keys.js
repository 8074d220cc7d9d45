/** The keys that `signConsent` takes, whatever holds them: each is a certificate and something that signs. */

import { readCertificate } from "./certificate.js";
import { ecdsaDer } from "./ecdsa.js";
import { DonguiError, KeyRefused } from "./errors.js";
import { open } from "./opening.js";
import { algorithms, requireMatching } from "./private_key.js";

/** @typedef {import("./bytes.js").Digest} Digest */

/**
 * @typedef {object} SigningKey
 * @property {import("./certificate.js").Certificate} certificate
 * @property {Uint8Array[]} intermediates certificates to enclose beside it, DER
 * @property {Digest} digest
 * @property {(bytes: Uint8Array) => Promise<Uint8Array>} sign RSA PKCS#1 v1.5, or ECDSA as DER
 */

/**
 * A key of WebCrypto with its certificate. It may be, and should be, not extractable.
 *
 * @param {{privateKey: CryptoKey, certificate: Uint8Array, intermediates?: Uint8Array[], digest?: Digest}} given
 * @returns {Promise<SigningKey>}
 * @throws {KeyRefused}
 */
export async function webCryptoKey({ privateKey, certificate: bytes, intermediates = [], digest = "sha256" }) {
  const certificate = readCertificate(bytes);
  if (!certificate.isForSigning) throw new KeyRefused("certificate-for-encryption");
  const { name, hash } = /** @type {RsaHashedKeyAlgorithm} */ (privateKey.algorithm);
  const { importing, signing } = algorithms(certificate, digest);
  if (name !== importing.name) throw new KeyRefused("key-not-of-certificate");
  if ("hash" in importing && hash.name !== importing.hash) throw new KeyRefused("key-cannot-sign");
  await requireMatching(privateKey, certificate, digest);
  const sign = async (/** @type {Uint8Array} */ message) => {
    const signature = new Uint8Array(await crypto.subtle.sign(signing, privateKey, message));
    return name === "ECDSA" ? ecdsaDer(signature) : signature;
  };
  return { certificate, intermediates, digest, sign };
}

/**
 * A PKCS#12 file (.p12, .pfx), opened in a worker of this page.
 *
 * @param {{file: File | Blob | Uint8Array, password: string, digest?: Digest}} given
 * @returns {Promise<SigningKey>}
 * @throws {KeyRefused}
 */
export async function pkcs12Key({ file, password, digest = "sha256" }) {
  return ofOpened(await open("pkcs12", { file }, password, digest), digest);
}

/**
 * signCert.der and signPri.key of an NPKI folder, opened in a worker of this page.
 *
 * @param {{certificate: File | Blob | Uint8Array, key: File | Blob | Uint8Array, password: string, digest?: Digest}} given
 * @returns {Promise<SigningKey>}
 * @throws {KeyRefused}
 */
export async function npkiKey({ certificate, key, password, digest = "sha256" }) {
  return ofOpened(await open("npki", { certificate, key }, password, digest), digest);
}

/**
 * A provider's SDK: it gets the bytes to be signed and gives the signature, RSA PKCS#1 v1.5 or ECDSA as DER.
 *
 * @param {object} given
 * @param {Uint8Array} given.certificate DER or PEM
 * @param {Uint8Array[]} [given.intermediates]
 * @param {Digest} [given.digest] that the provider signs by
 * @param {(bytes: Uint8Array, how: {digest: Digest, algorithm: string}) => Promise<Uint8Array>} given.sign
 * @returns {SigningKey}
 * @throws {KeyRefused}
 */
export function providerKey({ certificate: bytes, intermediates = [], digest = "sha256", sign }) {
  const certificate = readCertificate(bytes);
  const how = Object.freeze({ digest, algorithm: certificate.algorithm });
  return { certificate, intermediates, digest, sign: async (message) => sign(message, how) };
}

/**
 * @param {SigningKey} key
 * @param {Uint8Array} message
 * @returns {Promise<Uint8Array>}
 * @throws {DonguiError} "signing-failed", with what the key said as its cause
 */
export async function signedBy(key, message) {
  let signature;
  try {
    signature = await key.sign(message.slice());
  } catch (error) {
    throw error instanceof DonguiError ? error : new DonguiError("signing-failed", { cause: error });
  }
  if (!(signature instanceof Uint8Array) || signature.length === 0) throw new DonguiError("signing-failed");
  return signature;
}

/**
 * @param {import("./opening.js").Opened} opened
 * @param {Digest} digest
 * @returns {Promise<SigningKey>}
 */
function ofOpened({ key: privateKey, certificate, intermediates }, digest) {
  return webCryptoKey({ privateKey, certificate, intermediates, digest });
}
