/** PKCS#12 files (RFC 7292) under AES or SEED. For the worker. */

import { readCertificate } from "./certificate.js";
import { INTEGER, OCTET_STRING, SEQUENCE, NotDer, children, exactly, integer, oid, parse, require, same } from "./der.js";
import { KeyRefused } from "./errors.js";
import { bmpString, spellings } from "./passwords.js";
import { decryption } from "./pbes.js";
import { macKey } from "./pkcs12_mac.js";
import { importedFor, readPrivateKeyInfo } from "./private_key.js";
import { isCutShort } from "./truncation.js";

const DATA = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
const KEY_BAG = "1.2.840.113549.1.12.10.1.1";
const SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2";
const CERT_BAG = "1.2.840.113549.1.12.10.1.3";
const X509_CERTIFICATE = "1.2.840.113549.1.9.22.1";
const EXPLICIT_0 = 0xa0;
const IMPLICIT_0 = 0x80;
const PFX_VERSION = 3;

/**
 * @param {{file: Uint8Array, password: string, digest: import("./bytes.js").Digest}} given
 * @returns {Promise<import("./opening.js").Opened>}
 * @throws {KeyRefused}
 */
export async function openPkcs12({ file, password, digest }) {
  try {
    const { safe, mac } = readPfx(file);
    await requireMac(safe, mac, password);
    return await opened(await bagsOf(safe, password), password, digest);
  } catch (error) {
    throw error instanceof NotDer ? new KeyRefused("key-file-damaged", { cause: error }) : error;
  }
}

/**
 * @param {Uint8Array} file
 * @returns {{safe: Uint8Array, mac: import("./der.js").Element}}
 */
function readPfx(file) {
  try {
    const [version, authSafe, mac] = exactly(parse(file), 3);
    if (integer(version) !== PFX_VERSION) throw new NotDer();
    return { safe: dataOf(authSafe), mac };
  } catch (error) {
    throw new KeyRefused(isCutShort(file) ? "key-file-truncated" : "key-file-not", { cause: error });
  }
}

/**
 * @param {import("./der.js").Element} contentInfo
 * @returns {Uint8Array}
 */
function dataOf(contentInfo) {
  const [type, content] = exactly(contentInfo, 2);
  if (oid(type) !== DATA) throw new NotDer();
  const [octets] = exactly(content, 1, EXPLICIT_0);
  return require(octets, OCTET_STRING).content;
}

/**
 * What tells a wrong password from a damaged file: the MAC is over all that follows.
 *
 * @param {Uint8Array} safe
 * @param {import("./der.js").Element} mac
 * @param {string} password
 */
async function requireMac(safe, mac, password) {
  const { key, digest } = await macKey(mac, bmpString(password));
  const imported = await crypto.subtle.importKey("raw", key.bytes, { name: "HMAC", hash: key.hash }, false, ["verify"]);
  if (!(await crypto.subtle.verify("HMAC", imported, digest, safe))) throw new KeyRefused("key-password-wrong");
}

/**
 * @param {Uint8Array} safe AuthenticatedSafe
 * @param {string} password
 * @returns {Promise<{type: string, value: import("./der.js").Element}[]>}
 */
async function bagsOf(safe, password) {
  const bags = [];
  for (const contentInfo of children(parse(safe), SEQUENCE)) {
    const [type] = children(contentInfo, SEQUENCE);
    const encrypted = oid(type) === ENCRYPTED_DATA;
    const contents = encrypted ? await decryptedContents(contentInfo, password) : dataOf(contentInfo);
    for (const bag of children(parse(contents), SEQUENCE)) {
      const [bagType, value] = children(bag, SEQUENCE);
      bags.push({ type: oid(bagType), value: exactly(value, 1, EXPLICIT_0)[0] });
    }
  }
  return bags;
}

/**
 * @param {import("./der.js").Element} contentInfo
 * @param {string} password
 * @returns {Promise<Uint8Array>}
 */
async function decryptedContents(contentInfo, password) {
  const [, content] = exactly(contentInfo, 2);
  const [encryptedData] = exactly(content, 1, EXPLICIT_0);
  const [version, info] = exactly(encryptedData, 2);
  require(version, INTEGER);
  const [type, algorithm, data] = exactly(info, 3);
  if (oid(type) !== DATA) throw new NotDer();
  return decrypted(algorithm, require(data, IMPLICIT_0).content, password);
}

/**
 * The MAC was right, so what cannot be decrypted now is damaged.
 *
 * @param {import("./der.js").Element} algorithm
 * @param {Uint8Array} data
 * @param {string} password
 * @returns {Promise<Uint8Array>}
 */
async function decrypted(algorithm, data, password) {
  const decrypt = decryption(algorithm);
  for (const spelling of spellings(password)) {
    const plain = await decrypt(spelling, data);
    spelling.fill(0);
    if (plain) return plain;
  }
  throw new KeyRefused("key-file-damaged");
}

/**
 * @param {{type: string, value: import("./der.js").Element}[]} bags
 * @param {string} password
 * @param {import("./bytes.js").Digest} digest
 * @returns {Promise<import("./opening.js").Opened>}
 */
async function opened(bags, password, digest) {
  const infos = [];
  for (const { type, value } of bags) {
    if (type === KEY_BAG) infos.push(value.whole);
    if (type !== SHROUDED_KEY_BAG) continue;
    const [algorithm, data] = exactly(value, 2);
    infos.push(await decrypted(algorithm, require(data, OCTET_STRING).content, password));
  }
  const ders = bags.filter(({ type }) => type === CERT_BAG).map(({ value }) => certificateOf(value));
  for (const info of infos) {
    const found = await pairOf(info, ders, digest);
    info.fill(0);
    if (found) return { ...found, intermediates: without(ders, found.certificate) };
  }
  throw new KeyRefused(infos.length ? "key-not-of-certificate" : "key-file-not");
}

/**
 * @param {Uint8Array} info
 * @param {Uint8Array[]} ders
 * @param {import("./bytes.js").Digest} digest
 * @returns {Promise<{key: CryptoKey, certificate: Uint8Array} | null>} null where no certificate for signing is its
 */
async function pairOf(info, ders, digest) {
  for (const der of ders) {
    const certificate = readCertificate(der);
    if (!certificate.isForSigning) continue;
    try {
      return { key: await importedFor(readPrivateKeyInfo(info), certificate, digest), certificate: der };
    } catch (error) {
      if (!(error instanceof KeyRefused) || error.code !== "key-not-of-certificate") throw error;
    }
  }
  return null;
}

/**
 * @param {Uint8Array[]} ders
 * @param {Uint8Array} own
 * @returns {Uint8Array[]} the others, each once
 */
function without(ders, own) {
  const others = ders.filter((der) => !same(der, own));
  return others.filter((der, at) => others.findIndex((one) => same(one, der)) === at);
}

/**
 * @param {import("./der.js").Element} bag
 * @returns {Uint8Array}
 */
function certificateOf(bag) {
  const [type, value] = exactly(bag, 2);
  if (oid(type) !== X509_CERTIFICATE) throw new NotDer();
  const [octets] = exactly(value, 1, EXPLICIT_0);
  return require(octets, OCTET_STRING).content;
}
