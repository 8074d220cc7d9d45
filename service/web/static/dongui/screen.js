/**
 * The bytes of the text that is on the screen, which are all that may be signed.
 */

import { fromBase64, hashed, toHex } from "./bytes.js";
import { DonguiError, ServiceRefused, TextRefused } from "./errors.js";

const KEEPS_LINES = new Set(["pre", "pre-wrap", "pre-line", "break-spaces"]);
const SMALLEST_LETTERS_PX = 6;

/** What would hide letters, or draw them in another order, without `innerText` telling; "" where a browser lacks it. */
const AS_IT_IS = Object.entries({
  direction: "ltr",
  "text-indent": "0px",
  "clip-path": "none",
  "mask-image": "none",
  filter: "none",
  "-webkit-text-security": "none",
});

/**
 * @param {Element | string} shown
 * @returns {string} what a person can read there
 * @throws {DonguiError} mostly a TextRefused
 */
export function textOnScreen(shown) {
  if (typeof shown === "string") return shown;
  if (!shown.checkVisibility) throw new DonguiError("page-unable"); // of 2024 and later
  const text = shown.textContent ?? "";
  if (!text || !isPlain(shown) || !isVisible(shown) || !isDrawnAsItIs(/** @type {HTMLElement} */ (shown), text)) {
    throw new TextRefused("text-not-shown");
  }
  return text;
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
 * @returns {boolean}
 */
function isVisible(shown) {
  const box = shown.getBoundingClientRect();
  const style = getComputedStyle(shown);
  return (
    shown.isConnected &&
    shown.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: false }) &&
    box.width > 0 &&
    box.height > 0 &&
    parseFloat(style.fontSize) >= SMALLEST_LETTERS_PX &&
    !isTransparent(style.color) &&
    !isTransparent(style.webkitTextFillColor) &&
    !isCutOff(shown, style)
  );
}

/**
 * Longer than its box, with no way to scroll there.
 *
 * @param {Element} shown
 * @param {CSSStyleDeclaration} style
 * @returns {boolean}
 */
function isCutOff(shown, style) {
  const cuts = (/** @type {string} */ overflow) => overflow === "hidden" || overflow === "clip";
  return (
    (cuts(style.overflowY) && shown.scrollHeight > shown.clientHeight + 1) ||
    (cuts(style.overflowX) && shown.scrollWidth > shown.clientWidth + 1)
  );
}

/**
 * `innerText` is the text as style sheets leave it: lines joined, letters exchanged or left out show there.
 *
 * @param {HTMLElement} shown
 * @param {string} text
 * @returns {boolean}
 */
function isDrawnAsItIs(shown, text) {
  const style = getComputedStyle(shown);
  const adds = (/** @type {string} */ which) => !["none", "normal"].includes(getComputedStyle(shown, which).content);
  return (
    KEEPS_LINES.has(style.whiteSpace) &&
    AS_IT_IS.every(([name, value]) => [value, ""].includes(style.getPropertyValue(name))) &&
    !style.unicodeBidi.includes("override") &&
    !adds("::before") &&
    !adds("::after") &&
    trimmed(shown.innerText) === trimmed(text)
  );
}

/**
 * @param {string} colour as computed
 * @returns {boolean}
 */
function isTransparent(colour) {
  return colour === "transparent" || /^rgba\(.*,\s*0(\.0+)?\)$/.test(colour) || /\/\s*0(\.0+)?\)$/.test(colour);
}

/**
 * A line end at the very end is drawn or not as the browser likes.
 *
 * @param {string} text
 * @returns {string}
 */
function trimmed(text) {
  return text.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
}
