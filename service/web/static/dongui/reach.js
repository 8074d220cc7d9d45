/**
 * Where the words of the text lie, and whether a payer gets to each of them by scrolling.
 */

import { isInTopLayer, pathOf } from "./around.js";

const SMALLEST_WORD_PX = 6;
/** Letters that a scrolling box has to be wide, if a word is that long; high it has to be a line. */
const LEAST_WINDOW_LETTERS = 4;
const TOLERANCE_PX = 1;

/** @typedef {{left: number, top: number, right: number, bottom: number}} Area in CSS pixels of the window */
/** @typedef {Area & {atLeast: {width: number, height: number}}} Part an area, and how much of it has to be seen */

/**
 * @typedef {object} Clip a box that cuts off what lies outside
 * @property {Element} element
 * @property {Area} area that it shows now
 * @property {Area} content all that it shows, moved through the area by scrolling; where it does not scroll, the area
 * @property {boolean} scrolls
 */

/**
 * @param {Element} shown
 * @returns {boolean} whether each word is drawn, and to be got at
 */
export function isReachable(shown) {
  const words = wordsOf(shown);
  const letters = parseFloat(getComputedStyle(shown).fontSize);
  const clips = clipsAround(shown);
  return words.length > 0 && words.every((word) => word.length > 0 && word.every((box) => isWithin(box, clips, letters)));
}

/**
 * Of words, as the blanks between them may hang over the end of a line.
 *
 * @param {Element} shown that holds text only
 * @returns {DOMRect[][]} of each word the boxes that it is drawn in, more than one where a line ends within it
 */
export function wordsOf(shown) {
  return [...shown.childNodes].flatMap((node) =>
    [...(node.nodeValue ?? "").matchAll(/\S+/g)].map(({ index, 0: word }) => {
      const range = shown.ownerDocument.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      return [...range.getClientRects()].filter(({ width, height }) => width > 0 && height > 0);
    }),
  );
}

/**
 * @param {DOMRect} box of a word
 * @param {Clip[]} clips from the text outwards
 * @param {number} letters their size in pixels
 * @returns {boolean}
 */
function isWithin(box, clips, letters) {
  if (box.height < SMALLEST_WORD_PX) return false;
  const quarter = box.height / 4; // above and below there is room for accents and tails, which a box may cut
  const { left, right, width } = box;
  const height = box.height - 2 * quarter;
  /** @type {Part} */
  let part = { left, right, top: box.top + quarter, bottom: box.bottom - quarter, atLeast: { width, height } };
  const window = { width: Math.min(width, LEAST_WINDOW_LETTERS * letters), height };
  for (const clip of clips) {
    if (!isEnough(part, clip.content)) return false;
    if (!clip.scrolls) continue;
    part = { ...clip.area, atLeast: window };
    if (!isEnough(part, clip.area)) return false;
  }
  return true;
}

/**
 * @param {Part} part
 * @param {Area} area
 * @returns {boolean} whether enough of the part lies there
 */
function isEnough(part, area) {
  const width = Math.min(part.right, area.right) - Math.max(part.left, area.left);
  const height = Math.min(part.bottom, area.bottom) - Math.max(part.top, area.top);
  return width >= part.atLeast.width - TOLERANCE_PX && height >= part.atLeast.height - TOLERANCE_PX;
}

/**
 * @param {Element} shown
 * @returns {Clip[]} all that cut the text off, from the element itself to the window
 */
export function clipsAround(shown) {
  const clips = [];
  const root = shown.ownerDocument.documentElement;
  let position = "static";
  for (const element of pathOf(shown)) {
    const style = getComputedStyle(element);
    if (element !== shown && !holds(style, position)) continue;
    if (element !== root && !isOfTheWindow(element)) clips.push(...clipOf(element, style));
    position = style.position;
    if (!isInTopLayer(element)) continue;
    position = "fixed";
    break;
  }
  return [...clips, windowOf(root, position !== "fixed")];
}

/**
 * Whether a box cuts and moves what is within it, which has that position.
 *
 * @param {CSSStyleDeclaration} style of the box
 * @param {string} position
 * @returns {boolean}
 */
function holds(style, position) {
  const { transform, translate, filter, perspective, backdropFilter } = style;
  const holdsAll =
    [transform, translate, filter, perspective, backdropFilter].some((value) => value && value !== "none") ||
    /transform|translate|filter|perspective/.test(style.willChange) ||
    /paint|layout|strict|content/.test(style.contain);
  if (position === "fixed") return holdsAll;
  return position !== "absolute" || style.position !== "static" || holdsAll;
}

/**
 * @param {Element} element
 * @param {CSSStyleDeclaration} style
 * @returns {Clip[]} none, if it cuts nothing
 */
function clipOf(element, style) {
  const contained = /paint|strict|content/.test(style.contain);
  const cuts = [style.overflowX, style.overflowY].map((overflow) => overflow !== "visible" || contained);
  if (style.display === "inline" || style.display === "contents" || !cuts.includes(true)) return [];
  const box = element.getBoundingClientRect();
  const scale = box.width / (/** @type {HTMLElement} */ (element).offsetWidth || 1) || 1; // of the property zoom
  const [left, top] = [box.left + element.clientLeft * scale, box.top + element.clientTop * scale];
  const [width, height] = [element.clientWidth * scale, element.clientHeight * scale];
  const area = unless(cuts, { left, top, right: left + width, bottom: top + height });
  return [{ element, ...scrolled(element, area, [style.overflowX, style.overflowY], scale) }];
}

/**
 * @param {boolean[]} cuts sideways, and upwards and downwards
 * @param {Area} area
 * @returns {Area} without ends where nothing is cut
 */
function unless([sideways, upwards], { left, top, right, bottom }) {
  return {
    left: sideways ? left : -Infinity,
    right: sideways ? right : Infinity,
    top: upwards ? top : -Infinity,
    bottom: upwards ? bottom : Infinity,
  };
}

/**
 * @param {Element} element
 * @param {Area} area
 * @param {string[]} overflow sideways, and upwards and downwards
 * @param {number} scale
 * @returns {Omit<Clip, "element">}
 */
function scrolled(element, area, [sideways, upwards], scale) {
  const content = { ...area };
  const isLonger = { x: element.scrollWidth > element.clientWidth, y: element.scrollHeight > element.clientHeight };
  if (isLonger.x && isScrolling(sideways)) {
    content.left = area.left - element.scrollLeft * scale;
    content.right = content.left + element.scrollWidth * scale;
  }
  if (isLonger.y && isScrolling(upwards)) {
    content.top = area.top - element.scrollTop * scale;
    content.bottom = content.top + element.scrollHeight * scale;
  }
  return { area, content, scrolls: (isLonger.x && isScrolling(sideways)) || (isLonger.y && isScrolling(upwards)) };
}

/**
 * @param {string} overflow
 * @returns {boolean}
 */
function isScrolling(overflow) {
  return overflow === "auto" || overflow === "scroll" || overflow === "overlay";
}

/**
 * The body's overflow is the window's where the root has none.
 *
 * @param {Element} element
 * @returns {boolean}
 */
function isOfTheWindow(element) {
  const { body, documentElement } = element.ownerDocument;
  return element === body && getComputedStyle(documentElement).overflow === "visible";
}

/**
 * @param {HTMLElement} root
 * @param {boolean} moves whether scrolling moves the text
 * @returns {Clip}
 */
function windowOf(root, moves) {
  const { body } = root.ownerDocument;
  const style = getComputedStyle(body && isOfTheWindow(body) ? body : root);
  const overflow = [style.overflowX, style.overflowY].map((value) => {
    if (!moves) return "hidden";
    return value === "visible" ? "auto" : value;
  });
  const element = root.ownerDocument.scrollingElement ?? root;
  const area = { left: 0, top: 0, right: element.clientWidth, bottom: element.clientHeight };
  return { element, ...scrolled(element, area, overflow, 1) };
}
