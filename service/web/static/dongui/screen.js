/**
 * The bytes of the text that is on the screen, which are all that may be signed.
 */

import { fromBase64, hashed, toHex } from "./bytes.js";
import { DonguiError, ServiceRefused, TextRefused } from "./errors.js";
import { isUncovered } from "./paint.js";
import { isReachable } from "./reach.js";
import { isDrawnAsItIs, isVisible } from "./styles.js";

/**
 * @param {Element | string} shown
 * @returns {string} what a person can read there
 * @throws {DonguiError} mostly a TextRefused
 */
export function textOnScreen(shown) {
  const text = textIn(shown);
  if (typeof shown === "string") return text;
  if (!shown.checkVisibility) throw new DonguiError("page-unable"); // of 2024 and later
  if (!text || !isPlain(shown) || !isSeen(shown, text)) throw new TextRefused("text-not-shown");
  return text;
}

/**
 * The text as it stands in the page, seen or not: a provider's window may lie over it by now, and what it says counts.
 *
 * @param {Element | string} shown
 * @returns {string}
 */
export function textIn(shown) {
  return typeof shown === "string" ? shown : (shown.textContent ?? "");
}

/**
 * Encode what is on the screen as the consent's charset has it, and require that the service holds the same.
 *
 * @param {string} text
 * @param {{charset: string, content: string, content_sha256: string}} consent as the service gives it
 * @returns {Promise<Uint8Array>}
 * @throws {TextRefused}
 */
export async function contentOnScreen(text, consent) {
  const bytes = consent.charset === "euc-kr" ? decodedAlike(text, consent.content) : inUtf8(text);
  if (toHex(await hashed(bytes)) !== consent.content_sha256) throw new TextRefused("text-differs");
  return bytes;
}

/**
 * @param {string} text
 * @returns {Uint8Array}
 */
function inUtf8(text) {
  const bytes = new TextEncoder().encode(text);
  if (new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes) !== text) throw new TextRefused("text-not-encodable");
  return bytes;
}

/**
 * Browsers decode EUC-KR and do not encode it: the service's bytes are taken if they read as what is on the screen.
 *
 * @param {string} text
 * @param {string} content base64
 * @returns {Uint8Array}
 */
function decodedAlike(text, content) {
  let bytes;
  try {
    bytes = fromBase64(content);
  } catch {
    throw new ServiceRefused("answer-malformed");
  }
  let read;
  try {
    read = new TextDecoder("euc-kr", { fatal: true }).decode(bytes);
  } catch {
    throw new TextRefused("text-not-encodable");
  }
  if (read !== text) throw new TextRefused("text-differs");
  return bytes;
}

/**
 * Only text: an element within could be hidden, or hide a part, by itself.
 *
 * @param {Element} shown
 * @returns {boolean}
 */
function isPlain(shown) {
  return [...shown.childNodes].every((node) => node.nodeType === Node.TEXT_NODE) && !shown.shadowRoot;
}

/**
 * @param {Element} shown
 * @param {string} text
 * @returns {boolean}
 */
function isSeen(shown, text) {
  return (
    isVisible(shown) &&
    isDrawnAsItIs(/** @type {HTMLElement} */ (shown), text) &&
    isReachable(shown) &&
    isUncovered(shown)
  );
}
