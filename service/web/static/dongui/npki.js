/** signCert.der and signPri.key, as Korean certificate programs keep them. For the worker. */

import { readCertificate } from "./certificate.js";
import { OCTET_STRING, exactly, parse, require } from "./der.js";
import { KeyRefused } from "./errors.js";
import { spellings } from "./passwords.js";
import { decryption } from "./pbes.js";
import { importedFor, readPrivateKeyInfo } from "./private_key.js";
import { isCutShort } from "./truncation.js";

/**
 * After the password was tried there is one refusal for whatever went wrong with it (as PKI-023).
 *
 * @param {{certificate: Uint8Array, key: Uint8Array, password: string, digest: import("./bytes.js").Digest}} given
 * @returns {Promise<import("./opening.js").Opened>}
 * @throws {KeyRefused}
 */
export async function openNpki({ certificate: der, key, password, digest }) {
  if (isCertificate(key) && !isCertificate(der)) throw new KeyRefused("key-files-exchanged");
  const certificate = readCertificate(der);
  if (!certificate.isForSigning) throw new KeyRefused("certificate-for-encryption");
  const { decrypt, data } = readOpenPart(key);
  for (const spelling of spellings(password)) {
    const info = await decrypt(spelling, data);
    const opened = info && readOrNull(info);
    info?.fill(0);
    spelling.fill(0);
    if (opened) {
      return { key: await importedFor(opened, certificate, digest), certificate: certificate.der, intermediates: [] };
    }
  }
  throw new KeyRefused("key-password-wrong");
}

/**
 * @param {Uint8Array} file EncryptedPrivateKeyInfo (RFC 5958 §3)
 * @returns {{decrypt: import("./pbes.js").Decryption, data: Uint8Array}}
 */
function readOpenPart(file) {
  try {
    const [algorithm, data] = exactly(parse(file), 2);
    return { decrypt: decryption(algorithm), data: require(data, OCTET_STRING).content };
  } catch (error) {
    if (error instanceof KeyRefused) throw error;
    throw new KeyRefused(isCutShort(file) ? "key-file-truncated" : "key-file-not", { cause: error });
  }
}

/**
 * @param {Uint8Array} info
 * @returns {{type: string, pkcs8: Uint8Array} | null}
 */
function readOrNull(info) {
  try {
    return readPrivateKeyInfo(info);
  } catch {
    return null;
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {boolean}
 */
function isCertificate(bytes) {
  try {
    readCertificate(bytes);
  } catch {
    return false;
  }
  return true;
}
