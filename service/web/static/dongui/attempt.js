/**
 * What one attempt to sign keeps for the next try, also over a reload: its Idempotency-Key and, once made, its signature.
 * With them the service answers a repeated request as it did the first one, so that nothing is signed twice.
 */

const PREFIX = "dongui.attempt.";
/** Less than signing-time may be old: what was prepared before has to be prepared anew. */
const KEPT_MS = 8 * 60 * 1000;

/**
 * @typedef {object} Attempt
 * @property {string} key
 * @property {string} certificate SHA-256
 * @property {string} asked SHA-256 of what is sent to prepare the signature
 * @property {string} text SHA-256 of what was on the screen, in UTF-8
 * @property {string} [content] SHA-256 of the bytes that were signed
 * @property {string} [signature] base64
 * @property {number} begun
 */

/** @type {Map<string, string>} where the browser keeps nothing for this page */
const memory = new Map();

/**
 * @param {string} consentId
 * @param {{certificate: string, asked: string, text: string}} about
 * @param {string} [key] Idempotency-Key of the caller's
 * @returns {Attempt} the one that was begun for the same consent, certificates and text, or a new one
 */
export function attemptFor(consentId, about, key) {
  const kept = read(consentId);
  const isSame = kept?.asked === about.asked && kept.text === about.text && (key === undefined || kept.key === key);
  if (kept && isSame && (kept.signature || Date.now() - kept.begun < KEPT_MS)) return kept;
  const begun = { ...about, key: key ?? crypto.randomUUID(), begun: Date.now() };
  keep(consentId, begun);
  return begun;
}

/**
 * @param {string} consentId
 * @param {Attempt} attempt
 */
export function keep(consentId, attempt) {
  const text = JSON.stringify(attempt);
  memory.set(consentId, text);
  try {
    sessionStorage.setItem(PREFIX + consentId, text);
  } catch {
    // memory has it
  }
}

/**
 * @param {string} consentId
 */
export function forget(consentId) {
  memory.delete(consentId);
  try {
    sessionStorage.removeItem(PREFIX + consentId);
  } catch {
    // nothing was kept
  }
}

/**
 * @param {string} consentId
 * @returns {Attempt | null}
 */
function read(consentId) {
  let text = memory.get(consentId) ?? null;
  try {
    text = sessionStorage.getItem(PREFIX + consentId) ?? text;
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
