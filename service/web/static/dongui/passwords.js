/** The bytes that a password stands for: key files do not say which charset they meant. */

/** Rows and columns of two-byte codes in CP949 (EUC-KR as browsers read it). */
const LEADS = [0x81, 0xfe];
const TRAILS = [0x41, 0xfe];

/**
 * UTF-8, and where it differs CP949.
 *
 * @param {string} password
 * @returns {Uint8Array[]}
 */
export function spellings(password) {
  const utf8 = new TextEncoder().encode(password);
  if (/^[\x00-\x7f]*$/.test(password)) return [utf8];
  const cp949 = inCp949(password);
  return cp949 ? [utf8, cp949] : [utf8];
}

/**
 * PKCS#12's own derivation takes UTF-16, most significant byte first, and ends it with two zeros (RFC 7292 B.1).
 *
 * @param {string} password
 * @returns {Uint8Array}
 */
export function bmpString(password) {
  const bytes = new Uint8Array(2 * (password.length + 1));
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < password.length; at += 1) view.setUint16(2 * at, password.charCodeAt(at));
  return bytes;
}

/**
 * Browsers decode CP949 and do not encode it, so all its codes are decoded and looked up.
 *
 * @param {string} text
 * @returns {Uint8Array | null} null where it lacks a character
 */
function inCp949(text) {
  const codes = new Map();
  const decoder = new TextDecoder("euc-kr");
  for (let lead = LEADS[0]; lead <= LEADS[1]; lead += 1) {
    for (let trail = TRAILS[0]; trail <= TRAILS[1]; trail += 1) {
      const read = decoder.decode(Uint8Array.of(lead, trail));
      if (read.length === 1 && read !== "\ufffd" && !codes.has(read)) codes.set(read, [lead, trail]);
    }
  }
  const found = [...text].map((character) => (character < "\x80" ? [character.charCodeAt(0)] : codes.get(character)));
  return found.every(Boolean) ? Uint8Array.from(found.flat()) : null;
}
