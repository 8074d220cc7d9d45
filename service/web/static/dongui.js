/**
 * Signs a consent in the browser, against the Dongui service: over the text that is on the screen and nothing else.
 *
 *     import { pkcs12Key, signConsent } from "/static/dongui.js";
 *
 *     const key = await pkcs12Key({ file, password });
 *     const signed = await signConsent({ baseUrl, consentId, token, text: document.querySelector("#consent"), key });
 *     console.log(signed.receipt);
 *
 * Errors are `DonguiError`s with a stable `code` and `text("ko" | "en")`. See docs/checkout.md.
 */

import { attemptFor, forget, keep } from "./dongui/attempt.js";
import { requireCovers } from "./dongui/attributes.js";
import { fromBase64, hashed, toBase64, toHex } from "./dongui/bytes.js";
import { requireValid } from "./dongui/certificate.js";
import { ConnectionLost, CoversOther, DonguiError, ServiceRefused, TextRefused } from "./dongui/errors.js";
import { signedBy } from "./dongui/keys.js";
import { contentOnScreen, textIn, textOnScreen } from "./dongui/screen.js";
import { Service } from "./dongui/service.js";

export { CODES, ConnectionLost, CoversOther, DonguiError, KeyRefused, ServiceRefused, TextRefused } from "./dongui/errors.js";
export { npkiKey, pkcs12Key, providerKey, webCryptoKey } from "./dongui/keys.js";

/**
 * @typedef {object} SigningRequest
 * @property {string} baseUrl of the service
 * @property {string} consentId
 * @property {import("./dongui/service.js").Token} token bound to this consent, or a function that gets one
 * @property {Element | string} text what is on the screen; of an element, the very letters that it shows
 * @property {import("./dongui/keys.js").SigningKey} key
 * @property {string} [idempotencyKey] of this attempt, if the page has one of its own; at most 200 visible ASCII characters
 * @property {import("./dongui/errors.js").Lang} [lang] of the service's refusals
 */

/**
 * @typedef {object} Signed
 * @property {string} id of the consent
 * @property {{sha256: string, size?: number, der?: string}} evidence `der` (base64) where it was signed just now
 * @property {Record<string, any>} [verdict] as `dongui verify --json`, where it was signed just now
 * @property {Record<string, any>} receipt
 */

/** @type {Map<string, Promise<Signed>>} what is being signed on this page: a double click joins in */
const running = new Map();

/**
 * Sign one consent. After any failure it may be called again: what was begun is continued, and nothing is signed twice.
 *
 * @param {SigningRequest} request
 * @returns {Promise<Signed>}
 * @throws {DonguiError}
 */
export function signConsent(request) {
  const name = `${request.baseUrl} ${request.consentId}`;
  const joined = running.get(name);
  if (joined) return joined;
  const signing = sign(request).finally(() => running.delete(name));
  running.set(name, signing);
  return signing;
}

/**
 * @param {SigningRequest} request
 * @returns {Promise<Signed>}
 */
async function sign({ baseUrl, consentId, token, text: shown, key, idempotencyKey, lang = "ko" }) {
  if (!globalThis.crypto?.subtle) throw new DonguiError("page-unable");
  requireValid(key.certificate, new Date());
  const service = new Service({ baseUrl, consentId, token, lang });
  const text = textOnScreen(shown);
  const body = preparing(key);
  const about = {
    certificate: await digestOf(key.certificate.der),
    asked: await digestOf(new TextEncoder().encode(JSON.stringify(body))),
    text: await digestOf(new TextEncoder().encode(text)),
  };
  const attempt = attemptFor(consentId, about, idempotencyKey);
  try {
    if (!attempt.signature) {
      const consent = await service.consent();
      attempt.content = await digestOf(await contentOnScreen(text, consent));
      if (consent.state === "signed") return await finished(consentId, alreadySigned(consent), attempt);
      const signature = await signatureOver(consent, { service, text, key, body, attempt: attempt.key });
      if (textIn(shown) !== text) throw new TextRefused("text-changed");
      attempt.signature = toBase64(signature);
      keep(consentId, attempt);
    }
    const answer = await service.signature("complete", { signature: attempt.signature }, attempt.key);
    return await finished(consentId, answer, attempt);
  } catch (error) {
    if (error instanceof DonguiError && !isContinuable(error)) forget(consentId);
    throw error;
  }
}

/**
 * @param {import("./dongui/keys.js").SigningKey} key
 * @returns {object} what is sent to have a signature prepared
 */
function preparing({ certificate, intermediates, digest }) {
  return { certificate: toBase64(certificate.der), intermediates: intermediates.map(toBase64), digest };
}

/**
 * Have the signature prepared, see what it covers, and sign that.
 *
 * @param {any} consent as the service gives it
 * @param {{service: Service, text: string, key: import("./dongui/keys.js").SigningKey, body: object, attempt: string}} by
 * @returns {Promise<Uint8Array>}
 */
async function signatureOver(consent, { service, text, key, body, attempt }) {
  const prepared = await service.signature("prepare", body, attempt);
  if (prepared.digest !== key.digest || prepared.algorithm !== key.certificate.algorithm) {
    throw new CoversOther("covers-other-algorithm");
  }
  let toBeSigned;
  try {
    toBeSigned = fromBase64(prepared.to_be_signed);
  } catch (error) {
    throw new CoversOther("covers-malformed", { cause: error });
  }
  requireCovers(toBeSigned, {
    contentDigest: await hashed(await contentOnScreen(text, consent), key.digest),
    certificateSha256: await hashed(key.certificate.der),
    now: new Date(),
  });
  return signedBy(key, toBeSigned);
}

/**
 * @param {any} consent
 * @returns {Signed}
 */
function alreadySigned({ id, evidence, receipt }) {
  return { id, evidence: { sha256: evidence }, receipt };
}

/**
 * What came back has to be of what was signed.
 *
 * @param {string} consentId
 * @param {any} answer
 * @param {import("./dongui/attempt.js").Attempt} attempt
 * @returns {Promise<Signed>}
 */
async function finished(consentId, answer, attempt) {
  const { evidence, verdict, receipt } = answer;
  if (receipt?.content_sha256 === attempt.content && receipt?.certificate_sha256 !== attempt.certificate) {
    throw new ServiceRefused("signed-otherwise");
  }
  if (receipt?.content_sha256 !== attempt.content || receipt.evidence_sha256 !== evidence?.sha256) {
    throw new ServiceRefused("answer-differs");
  }
  if (evidence.der !== undefined && (await digestOf(fromBase64(evidence.der))) !== evidence.sha256) {
    throw new ServiceRefused("answer-differs");
  }
  forget(consentId);
  return verdict ? { id: consentId, evidence, verdict, receipt } : { id: consentId, evidence, receipt };
}

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<string>} SHA-256, hexadecimal
 */
async function digestOf(bytes) {
  return toHex(await hashed(bytes));
}

/**
 * Whether the same request may still come to its end: then its key and signature are kept.
 *
 * @param {DonguiError} error
 * @returns {boolean}
 */
function isContinuable(error) {
  return error instanceof ConnectionLost || (error instanceof ServiceRefused && error.code === "token-refused");
}
