/**
 * What style sheets do to the text: what is told here is refused, as the letters would not be seen as they are.
 */

import { pathOf } from "./around.js";

const XHTML = "http://www.w3.org/1999/xhtml";
const KEEPS_LINES = new Set(["pre", "pre-wrap", "pre-line", "break-spaces"]);
const SMALLEST_LETTERS_PX = 6;

/** Half: what is on its way in or out is paler than that at some time, and what has come is not. */
const LEAST_OPACITY = 0.5;
/** Of the letters' size. From there on lines run into each other. */
const LEAST_LINE_HEIGHT = 0.9;
/** Of the letters' size. Designers take up to 0.05 away; from about 0.3 on letters lie on each other. */
const LEAST_SPACING = -0.1;
/** Of the letters' size. Beyond that nobody reads words. */
const MOST_SPACING = 1;
/** A ring for the focus may lie a little inside. */
const MOST_OUTLINE_INSIDE_PX = 4;

/** @typedef {[name: string, ...values: string[]][]} Allowed of a property, what it may be; "" where a browser lacks it */

/** What would hide letters, or draw them in another order, without `innerText` telling. @type {Allowed} */
const OF_THE_TEXT = [
  ["direction", "ltr"],
  ["writing-mode", "horizontal-tb"],
  ["text-indent", "0px"],
  ["text-shadow", "none"],
  ["text-emphasis-style", "none"],
  ["hyphenate-character", "auto"],
  ["font-size-adjust", "none"],
  ["font-variant-caps", "normal"],
  ["background-clip", "border-box", "padding-box", "content-box"],
  ["-webkit-text-security", "none"],
  ["-webkit-text-stroke-width", "0px"],
];

/** The same of whatever the text stands in, and of itself. @type {Allowed} */
const OF_ALL_AROUND = [
  ["clip", "auto"],
  ["clip-path", "none"],
  ["mask-image", "none"],
  ["-webkit-mask-image", "none"],
  ["-webkit-mask-box-image-source", "none"],
  ["filter", "none", "blur(0px)", "opacity(1)"],
  ["mix-blend-mode", "normal"],
  ["rotate", "none", "0deg"],
  ["scale", "none", "1"],
  ["offset-path", "none"],
  ["text-decoration-line", "none"],
  ["-webkit-line-clamp", "none"],
  ["-webkit-box-reflect", "none"],
];

/**
 * @param {string} property with a question mark in place of the side
 * @returns {Allowed} that it is nothing
 */
function sidesOf(property) {
  return ["top", "right", "bottom", "left"].map((side) => [property.replace("?", side), "0px"]);
}

const BEGINNINGS = ["::first-letter", "::first-line"];

/** What the first letter and the first line have to share with the others. */
const ALIKE = [
  ...["color", "-webkit-text-fill-color", "-webkit-text-stroke-width", "visibility", "line-height", "letter-spacing"],
  ...["word-spacing", "font-size", "font-size-adjust", "font-family", "font-stretch", "font-variant", "font-weight"],
  ...["font-feature-settings", "font-variation-settings", "text-transform", "text-shadow", "-webkit-text-security"],
  ...["text-emphasis-style", "direction"],
];

/** What they may not have of their own. @type {Allowed} */
const NOT_OF_THEIR_OWN = [
  ["opacity", "1"],
  ["float", "none"],
  ["position", "static"],
  ["vertical-align", "baseline"],
  ["initial-letter", "normal"],
  ["background-color", "rgba(0, 0, 0, 0)"],
  ["background-image", "none"],
  ["border-image-source", "none"],
  ["box-shadow", "none"],
  ["transform", "none"],
  ["unicode-bidi", "normal"],
  ...[...sidesOf("margin-?"), ...sidesOf("padding-?"), ...sidesOf("border-?-width")],
  ...OF_ALL_AROUND,
];

/**
 * @param {Element} shown
 * @returns {boolean}
 */
export function isVisible(shown) {
  const box = shown.getBoundingClientRect();
  const style = getComputedStyle(shown);
  return (
    shown.isConnected &&
    shown.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: false }) &&
    box.width > 0 &&
    box.height > 0 &&
    parseFloat(style.fontSize) >= SMALLEST_LETTERS_PX &&
    !isCutOff(shown, style) &&
    lettersStandApart(style) &&
    nothingAroundHides(shown)
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
 * @param {CSSStyleDeclaration} style
 * @returns {boolean}
 */
function lettersStandApart(style) {
  const inLetters = (/** @type {string} */ length) => parseFloat(length) / parseFloat(style.fontSize);
  const isModest = (/** @type {string} */ spacing) =>
    spacing === "normal" || (inLetters(spacing) >= LEAST_SPACING && inLetters(spacing) <= MOST_SPACING);
  return (
    (style.lineHeight === "normal" || inLetters(style.lineHeight) >= LEAST_LINE_HEIGHT) &&
    isModest(style.letterSpacing) &&
    isModest(style.wordSpacing) &&
    parseFloat(style.tabSize) > 0
  );
}

/**
 * @param {Element} shown
 * @returns {boolean}
 */
function nothingAroundHides(shown) {
  const path = pathOf(shown).map((element) => ({ element, style: getComputedStyle(element) }));
  return (
    path.every(({ element }) => element.namespaceURI === XHTML) &&
    path.every(({ style }) => isAllowed(style, OF_ALL_AROUND) && isInPlace(style)) &&
    path.reduce((opacity, { style }) => opacity * parseFloat(style.opacity), 1) >= LEAST_OPACITY
  );
}

/**
 * Moved is well: where to, is for the place of the lines to tell.
 *
 * @param {CSSStyleDeclaration} style
 * @returns {boolean}
 */
function isInPlace(style) {
  const matrix = new DOMMatrix(style.transform);
  matrix.m41 = matrix.m42 = 0;
  const isOnlyMoved = matrix.isIdentity && parseFloat(style.translate.split(" ")[2] ?? "0") === 0;
  const outlineIsOutside = style.outlineStyle === "none" || parseFloat(style.outlineOffset) >= -MOST_OUTLINE_INSIDE_PX;
  return isOnlyMoved && outlineIsOutside && !(parseInt(style.zIndex, 10) < 0);
}

/**
 * `innerText` is the text as style sheets leave it: lines joined, letters exchanged or left out show there.
 *
 * @param {HTMLElement} shown
 * @param {string} text
 * @returns {boolean}
 */
export function isDrawnAsItIs(shown, text) {
  const style = getComputedStyle(shown);
  const adds = (/** @type {string} */ which) => !["none", "normal"].includes(getComputedStyle(shown, which).content);
  return (
    KEEPS_LINES.has(style.whiteSpace) &&
    isAllowed(style, OF_THE_TEXT) &&
    !style.unicodeBidi.includes("override") &&
    !style.display.includes("list-item") &&
    !adds("::before") &&
    !adds("::after") &&
    BEGINNINGS.every((which) => isLikeTheRest(getComputedStyle(shown, which), style)) &&
    trimmed(shown.innerText) === trimmed(text)
  );
}

/**
 * @param {CSSStyleDeclaration} beginning of the first letter or line; browsers without rules for it may give the rest's
 * @param {CSSStyleDeclaration} rest
 * @returns {boolean}
 */
function isLikeTheRest(beginning, rest) {
  const own = (/** @type {string} */ name) => rest.getPropertyValue(name);
  return (
    beginning.display !== "none" &&
    isAllowed(beginning, ALIKE.map((name) => [name, own(name)])) &&
    isAllowed(beginning, NOT_OF_THEIR_OWN.map(([name, ...values]) => [name, ...values, own(name)]))
  );
}

/**
 * @param {CSSStyleDeclaration} style
 * @param {Allowed} allowed
 * @returns {boolean}
 */
function isAllowed(style, allowed) {
  return allowed.every(([name, ...values]) => ["", ...values].includes(style.getPropertyValue(name)));
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
