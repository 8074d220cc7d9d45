/** What has to be read of a certificate to sign with its key, and to show whose it is. */

import {
  BIT_STRING, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET, UTC_TIME, GENERALIZED_TIME,
  children, exactly, oid, parse, require, time,
} from "./der.js";
import { KeyRefused } from "./errors.js";

export const RSA_ENCRYPTION = "1.2.840.113549.1.1.1";
export const EC_PUBLIC_KEY = "1.2.840.10045.2.1";

/** @type {Record<string, string>} */
const CURVES = { "1.2.840.10045.3.1.7": "P-256", "1.3.132.0.34": "P-384", "1.3.132.0.35": "P-521" };
const COMMON_NAME = "2.5.4.3";
const KEY_USAGE = "2.5.29.15";
const SIGNING_BITS = 0xc0; // digitalSignature, nonRepudiation
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;

/**
 * @typedef {object} Certificate
 * @property {Uint8Array} der
 * @property {Uint8Array} publicKey SubjectPublicKeyInfo
 * @property {"RSASSA-PKCS1-v1_5" | "ECDSA"} algorithm
 * @property {string} [namedCurve] of ECDSA
 * @property {boolean} isForSigning whether its key usage, if it has one, has signatures in it
 * @property {string} commonName of the holder
 * @property {string} issuer its common name
 * @property {Date} notBefore
 * @property {Date} notAfter
 */

/**
 * @param {Uint8Array} bytes DER or PEM
 * @returns {Certificate}
 * @throws {KeyRefused}
 */
export function readCertificate(bytes) {
  const der = fromPem(bytes) ?? bytes;
  try {
    return read(der);
  } catch (error) {
    throw error instanceof KeyRefused ? error : new KeyRefused("certificate-unreadable", { cause: error });
  }
}

/**
 * @param {Certificate} certificate
 * @param {Date} now
 * @throws {KeyRefused} it is not valid at that time
 */
export function requireValid({ notBefore, notAfter }, now) {
  if (now > notAfter) throw new KeyRefused("certificate-expired");
  if (now < notBefore) throw new KeyRefused("certificate-not-yet-valid");
}

/**
 * @param {Uint8Array} bytes
 * @returns {Uint8Array | null} the first certificate in it
 */
function fromPem(bytes) {
  const text = new TextDecoder("latin1").decode(bytes);
  const found = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(text);
  return found && Uint8Array.from(atob(found[1].replace(/\s/g, "")), (character) => character.charCodeAt(0));
}

/**
 * @param {Uint8Array} der
 * @returns {Certificate}
 */
function read(der) {
  const [tbs] = exactly(parse(der), 3);
  const fields = children(tbs, SEQUENCE);
  if (fields[0]?.tag === VERSION) fields.shift();
  const [serial, , issuer, validity, subject, publicKey, ...rest] = fields;
  require(serial, INTEGER);
  const [notBefore, notAfter] = exactly(validity, 2).map(moment);
  const extensions = rest.find((one) => one.tag === EXTENSIONS);
  return {
    der,
    publicKey: require(publicKey, SEQUENCE).whole,
    ...algorithmOf(publicKey),
    isForSigning: isForSigning(extensions),
    commonName: commonName(subject),
    issuer: commonName(issuer),
    notBefore,
    notAfter,
  };
}

/**
 * @param {import("./der.js").Element} publicKey
 * @returns {{algorithm: "RSASSA-PKCS1-v1_5"} | {algorithm: "ECDSA", namedCurve: string}}
 */
function algorithmOf(publicKey) {
  const [algorithm, bits] = exactly(publicKey, 2);
  require(bits, BIT_STRING);
  const [type, parameters] = children(algorithm, SEQUENCE);
  if (oid(type) === RSA_ENCRYPTION) return { algorithm: "RSASSA-PKCS1-v1_5" };
  const isNamed = oid(type) === EC_PUBLIC_KEY && parameters?.tag === OBJECT_IDENTIFIER;
  const namedCurve = isNamed ? CURVES[oid(parameters)] : undefined;
  if (!namedCurve) throw new KeyRefused("key-algorithm-unsupported");
  return { algorithm: "ECDSA", namedCurve };
}

/**
 * @param {import("./der.js").Element | undefined} extensions
 * @returns {boolean}
 */
function isForSigning(extensions) {
  if (!extensions) return true;
  const [all] = exactly(extensions, 1, EXTENSIONS);
  for (const extension of children(all, SEQUENCE)) {
    const parts = children(extension, SEQUENCE);
    if (oid(parts[0]) !== KEY_USAGE) continue;
    const bits = parse(require(parts[parts.length - 1], OCTET_STRING).content, BIT_STRING).content;
    return bits.length > 1 && (bits[1] & SIGNING_BITS) !== 0;
  }
  return true;
}

/**
 * @param {import("./der.js").Element} name
 * @returns {string} empty where it has none
 */
function commonName(name) {
  for (const set of children(name, SEQUENCE)) {
    for (const attribute of children(set, SET)) {
      const [type, value] = exactly(attribute, 2);
      if (oid(type) !== COMMON_NAME) continue;
      return new TextDecoder(value.tag === 0x1e ? "utf-16be" : "utf-8").decode(value.content);
    }
  }
  return "";
}

/**
 * @param {import("./der.js").Element} element
 * @returns {Date}
 */
function moment(element) {
  if (element.tag !== UTC_TIME && element.tag !== GENERALIZED_TIME) throw new KeyRefused("certificate-unreadable");
  return time(element);
}
