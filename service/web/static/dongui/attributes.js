/**
 * The signed attributes (RFC 5652 §11) that the service wants signed: read here, and refused if they cover anything but
 * the text on the screen, now, with this certificate.
 */

import { OCTET_STRING, SEQUENCE, SET, NotDer, children, exactly, oid, parse, require, same, time } from "./der.js";
import { CoversOther } from "./errors.js";

const CONTENT_TYPE = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
const SIGNING_TIME = "1.2.840.113549.1.9.5";
const SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";
const ID_DATA = "1.2.840.113549.1.7.1";

/** How far signing-time may be from this device's clock. */
export const CLOCK_TOLERANCE_MS = 10 * 60 * 1000;

/**
 * Return only if signing `toBeSigned` agrees to the text and to nothing else.
 *
 * @param {Uint8Array} toBeSigned SET OF Attribute
 * @param {object} own
 * @param {Uint8Array} own.contentDigest of the bytes of the text on the screen
 * @param {Uint8Array} own.certificateSha256 of the signer's certificate
 * @param {Date} own.now
 * @throws {CoversOther}
 */
export function requireCovers(toBeSigned, own) {
  const attributes = readAttributes(toBeSigned);
  const take = (/** @type {string} */ type) => {
    const value = attributes.get(type);
    attributes.delete(type);
    return value;
  };
  try {
    if (oid(take(CONTENT_TYPE)) !== ID_DATA) throw new CoversOther("covers-other-attributes");
    const digest = require(take(MESSAGE_DIGEST), OCTET_STRING).content;
    if (!same(digest, own.contentDigest)) throw new CoversOther("covers-other-text");
    const away = Math.abs(time(take(SIGNING_TIME)).getTime() - own.now.getTime());
    if (away > CLOCK_TOLERANCE_MS) throw new CoversOther("covers-other-time");
    const bound = take(SIGNING_CERTIFICATE_V2);
    if (bound && !same(certificateHash(bound), own.certificateSha256)) {
      throw new CoversOther("covers-other-certificate");
    }
  } catch (error) {
    throw error instanceof NotDer ? new CoversOther("covers-malformed", { cause: error }) : error;
  }
  if (attributes.size > 0) throw new CoversOther("covers-other-attributes");
}

/**
 * @param {Uint8Array} toBeSigned
 * @returns {Map<string, import("./der.js").Element>} the one value of each type
 */
function readAttributes(toBeSigned) {
  const found = new Map();
  try {
    let before = new Uint8Array();
    for (const attribute of children(parse(toBeSigned), SET)) {
      const [type, values] = exactly(attribute, 2, SEQUENCE);
      const [value] = exactly(values, 1, SET);
      if (found.has(oid(type)) || !ascends(before, attribute.whole)) throw new NotDer();
      found.set(oid(type), value);
      before = attribute.whole;
    }
  } catch (error) {
    throw new CoversOther("covers-malformed", { cause: error });
  }
  return found;
}

/**
 * The order of a SET OF in DER (X.690 §11.6).
 *
 * @param {Uint8Array} one
 * @param {Uint8Array} next
 * @returns {boolean}
 */
function ascends(one, next) {
  const at = next.findIndex((byte, place) => byte !== one[place]);
  return at >= one.length || next[at] > one[at];
}

/**
 * @param {import("./der.js").Element} value SigningCertificateV2 of one certificate, SHA-256 and nothing else said (RFC 5035 §3)
 * @returns {Uint8Array}
 */
function certificateHash(value) {
  const [certificates] = exactly(value, 1, SEQUENCE);
  const [essCertId] = exactly(certificates, 1, SEQUENCE);
  const [hash] = exactly(essCertId, 1, SEQUENCE);
  return require(hash, OCTET_STRING).content;
}
