/**
 * DER (X.690), read strictly: one-byte tags, definite lengths in as few bytes as it takes, nothing left over.
 */

export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const OBJECT_IDENTIFIER = 0x06;
export const UTC_TIME = 0x17;
export const GENERALIZED_TIME = 0x18;
export const SEQUENCE = 0x30;
export const SET = 0x31;

const MOST_LENGTH_BYTES = 3;

/** Bytes that are not DER, or not of the shape asked for. */
export class NotDer extends Error {
  constructor() {
    super("not DER");
    this.name = "NotDer";
  }
}

/**
 * @typedef {object} Element
 * @property {number} tag
 * @property {Uint8Array} content
 * @property {Uint8Array} whole tag, length and content
 */

/**
 * @param {Uint8Array} bytes exactly one element
 * @param {number} [tag] what it has to be
 * @returns {Element}
 */
export function parse(bytes, tag) {
  const element = elementAt(bytes, 0);
  if (element.whole.length !== bytes.length) throw new NotDer();
  return tag === undefined ? element : require(element, tag);
}

/**
 * @param {Element | undefined} element
 * @param {number} tag
 * @returns {Element}
 */
export function require(element, tag) {
  if (element?.tag !== tag) throw new NotDer();
  return element;
}

/**
 * @param {Element | undefined} element
 * @param {number} tag of what is constructed
 * @returns {Element[]} what is in it
 */
export function children(element, tag) {
  const { content } = require(element, tag);
  const found = [];
  for (let at = 0; at < content.length; at += found[found.length - 1].whole.length) {
    found.push(elementAt(content, at));
  }
  return found;
}

/**
 * @param {Element | undefined} element
 * @param {number} count exactly so many
 * @param {number} [tag]
 * @returns {Element[]}
 */
export function exactly(element, count, tag = SEQUENCE) {
  const found = children(element, tag);
  if (found.length !== count) throw new NotDer();
  return found;
}

/**
 * @param {Element | undefined} element
 * @returns {string} dotted
 */
export function oid(element) {
  const { content } = require(element, OBJECT_IDENTIFIER);
  const arcs = [];
  let arc = 0;
  for (const [at, byte] of content.entries()) {
    if ((arc === 0 && byte === 0x80 && (at === 0 || content[at - 1] < 0x80)) || arc > 2 ** 45) throw new NotDer();
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  if (content.length === 0 || content[content.length - 1] >= 0x80) throw new NotDer();
  const first = Math.min(Math.floor(arcs[0] / 40), 2);
  return [first, arcs[0] - 40 * first, ...arcs.slice(1)].join(".");
}

/**
 * @param {Element | undefined} element
 * @returns {number} of at most six bytes and not negative
 */
export function integer(element) {
  const { content } = require(element, INTEGER);
  const padded = content.length > 1 && content[0] === 0 && content[1] < 0x80;
  if (content.length === 0 || content.length > 6 || content[0] >= 0x80 || padded) throw new NotDer();
  return content.reduce((value, byte) => value * 256 + byte, 0);
}

/**
 * UTCTime or GeneralizedTime in the forms of RFC 5652 §11.3: seconds, and Z.
 *
 * @param {Element | undefined} element
 * @returns {Date}
 */
export function time(element) {
  const said = element ? String.fromCharCode(...element.content) : "";
  const short = element?.tag === UTC_TIME;
  if ((!short && element?.tag !== GENERALIZED_TIME) || !/^\d+Z$/.test(said) || said.length !== (short ? 13 : 15)) {
    throw new NotDer();
  }
  const full = short ? (said < "50" ? "20" : "19") + said : said;
  const [, ...parts] = /** @type {RegExpExecArray} */ (/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full));
  const iso = `${parts.slice(0, 3).join("-")}T${parts.slice(3).join(":")}.000Z`;
  const found = new Date(iso);
  if (Number.isNaN(found.getTime()) || found.toISOString() !== iso) throw new NotDer();
  return found;
}

/**
 * @param {number} tag
 * @param {...Uint8Array} contents
 * @returns {Uint8Array}
 */
export function encode(tag, ...contents) {
  const content = joined(...contents);
  const size = [];
  for (let rest = content.length; rest > 0; rest = Math.floor(rest / 256)) size.unshift(rest % 256);
  const head = content.length < 0x80 ? [tag, content.length] : [tag, 0x80 | size.length, ...size];
  return joined(Uint8Array.from(head), content);
}

/**
 * @param {...Uint8Array} parts
 * @returns {Uint8Array}
 */
export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 * @returns {boolean}
 */
export function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @returns {Element}
 */
function elementAt(bytes, at) {
  const tag = bytes[at];
  let size = bytes[at + 1];
  let start = at + 2;
  if (size === undefined || (tag & 0x1f) === 0x1f) throw new NotDer();
  if (size >= 0x80) {
    const count = size & 0x7f;
    if (count === 0 || count > MOST_LENGTH_BYTES || start + count > bytes.length) throw new NotDer();
    size = bytes.subarray(start, start + count).reduce((value, byte) => value * 256 + byte, 0);
    if (size < 0x80 || bytes[start] === 0) throw new NotDer();
    start += count;
  }
  if (start + size > bytes.length) throw new NotDer();
  return { tag, content: bytes.subarray(start, start + size), whole: bytes.subarray(at, start + size) };
}
