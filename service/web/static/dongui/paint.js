/**
 * What is painted over the text and behind it, at points all along those of its words that are in the window.
 */

import { isInTopLayer, pathOf } from "./around.js";
import { colourOf, contrast, over } from "./colours.js";
import { clipsAround, wordsOf } from "./reach.js";

/** Text of the background's colour has 1, the palest that is meant to be read about 2 (WCAG 2.2 asks for 4.5). */
const LEAST_CONTRAST = 1.5;
/** Alpha of the letters, whatever they stand on. */
const LEAST_INK = 0.25;
/** A page that is darkened while something of it is open shows through; what hides more than this does not. */
const MOST_COVERED = 0.5;
/** From here on a border can lie over letters. */
const THICK_BORDER_PX = 8;
/** Where areas end in the middle of a pixel it belongs to one of them. */
const EDGE_PX = 1;

const PSEUDO_ELEMENTS = ["::before", "::after"];
const PICTURES = "audio, canvas, embed, iframe, img, input, meter, object, progress, select, svg, svg *, textarea, video";

/**
 * For the moment of looking: what lets clicks through is painted all the same. And of which colour an empty page is, is
 * told by a property of the root that draws nothing, and must not fade in.
 */
const LOOKING = `
  *, ::before, ::after, ::backdrop { pointer-events: auto !important; interactivity: auto !important }
  :root { column-rule-color: Canvas !important; transition-property: none !important }
`;

/** @typedef {import("./colours.js").Colour} Colour */
/** @typedef {{x: number, y: number}} Point */
/** @typedef {{above: Element[], behind: Element[]}} Sight what is painted at a point, the nearest to the eye first */

/**
 * @param {Element} shown
 * @returns {boolean} whether what is in the window of it can be read there
 */
export function isUncovered(shown) {
  return whileLooking(shown, () => {
    const path = pathOf(shown);
    const sights = sightsOf(shown);
    const all = sights.flat();
    const isLegible = legibility(shown);
    if (all.length === 0) return isLegible(path); // scrolled away
    return (
      sights.every((word) => word.some((sight) => sight !== null)) &&
      all.some((sight) => sight && covered(sight.above, path) <= MOST_COVERED) &&
      all.every((sight) => !sight || (!isCoveredForGood(sight, shown, path) && isLegible(sight.behind)))
    );
  });
}

/**
 * Nothing of it gets drawn: the style sheet is gone before the browser draws again.
 *
 * @template T
 * @param {Element} shown
 * @param {() => T} look
 * @returns {T}
 */
function whileLooking(shown, look) {
  const sheet = new (shown.ownerDocument.defaultView ?? globalThis).CSSStyleSheet();
  sheet.replaceSync(LOOKING);
  const roots = new Set(pathOf(shown).map((element) => /** @type {Document | ShadowRoot} */ (element.getRootNode())));
  const inert = [...roots].flatMap((root) => [...root.querySelectorAll("[inert]")]); // painted as all else, and not hit
  for (const root of roots) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  for (const element of inert) element.removeAttribute("inert");
  try {
    return look();
  } finally {
    for (const element of inert) element.setAttribute("inert", "");
    for (const root of roots) root.adoptedStyleSheets = root.adoptedStyleSheets.filter((other) => other !== sheet);
  }
}

/**
 * @param {Element} shown
 * @returns {(Sight | null)[][]} by word, of those in the window; null where the text is not drawn
 */
function sightsOf(shown) {
  const root = /** @type {Document | ShadowRoot} */ (shown.getRootNode());
  const path = pathOf(shown);
  const areas = clipsAround(shown).map(({ area }) => area);
  const step = parseFloat(getComputedStyle(shown).fontSize) / 2;
  const sightAt = (/** @type {Point} */ { x, y }) => {
    const painted = root.elementsFromPoint(x, y);
    const at = painted.indexOf(shown);
    return at < 0 ? null : { above: painted.slice(0, at), behind: withSlots(painted.slice(at), path) };
  };
  const isBetween = (/** @type {number} */ at, /** @type {number} */ from, /** @type {number} */ to) =>
    from + EDGE_PX < at && at < to - EDGE_PX;
  const isInWindow = (/** @type {Point} */ { x, y }) =>
    areas.every(({ left, top, right, bottom }) => isBetween(x, left, right) && isBetween(y, top, bottom));
  return wordsOf(shown)
    .flat()
    .map((box) => pointsAlong(box, step).filter(isInWindow).map(sightAt))
    .filter((word) => word.length > 0);
}

/**
 * Of a shadow tree that the text is slotted into only the host is found: what stands there is painted over it.
 *
 * @param {Element[]} behind
 * @param {Element[]} path
 * @returns {Element[]}
 */
function withSlots(behind, path) {
  const unseen = (/** @type {Element} */ host) => {
    const end = path.indexOf(host);
    const start = path.findLastIndex((element, at) => at < end && element.getRootNode() !== host.shadowRoot);
    return path.slice(start + 1, end).filter((element) => !behind.includes(element));
  };
  return behind.flatMap((element) => (element.shadowRoot && path.includes(element) ? [...unseen(element), element] : [element]));
}

/**
 * @param {DOMRect} box of a word
 * @param {number} step in pixels: a digit is about half as wide as letters are high
 * @returns {Point[]} at half its height
 */
function pointsAlong({ left, top, width, height }, step) {
  const count = Math.max(1, Math.round(width / step));
  return Array.from({ length: count }, (_, index) => ({ x: left + ((index + 0.5) * width) / count, y: top + height / 2 }));
}

/**
 * By something that stays over the text however the payer scrolls; bars that stay in the window do not.
 *
 * @param {Sight} sight
 * @param {Element} shown
 * @param {Element[]} path
 * @returns {boolean}
 */
function isCoveredForGood({ above }, shown, path) {
  if (covered(above, path) <= MOST_COVERED) return false;
  const scrolling = clipsAround(shown).filter(({ scrolls }) => scrolls);
  const stays = (/** @type {Element} */ element) =>
    scrolling.every((clip) => isMovedBy(clip.element, element, path.includes(element)));
  return covered(above.filter(stays), path) > MOST_COVERED;
}

/**
 * @param {Element} scrolling
 * @param {Element} element that lies over the text
 * @param {boolean} isAround the text, so that it is one of its pseudo elements that lies there
 * @returns {boolean} whether scrolling moves it as it does the text
 */
function isMovedBy(scrolling, element, isAround) {
  const isPinned = (/** @type {CSSStyleDeclaration} */ { position }) => position === "fixed" || position === "sticky";
  if (isAround && pseudoElementsOf(element).every(isPinned)) return false;
  for (const at of pathOf(element)) {
    if (at === scrolling) return true;
    if (isPinned(getComputedStyle(at)) || isInTopLayer(at)) return false;
  }
  return false;
}

/**
 * @param {Element[]} above
 * @param {Element[]} path of the text
 * @returns {number} 0 to 1: how much of what is below cannot be seen any more
 */
function covered(above, path) {
  return 1 - above.reduce((through, element) => through * (1 - coverOf(element, path.includes(element))), 1);
}

/**
 * @param {Element} element that lies over the text
 * @param {boolean} isAround the text, so that it is one of its pseudo elements that lies there
 * @returns {number} 0 to 1
 */
function coverOf(element, isAround) {
  if (isAround && element.shadowRoot) return 1; // by what is in its tree, which is not told from here
  const painted = pseudoElementsOf(element).map(
    (style) => coverIn(style, style.content !== '""') * parseFloat(style.opacity),
  );
  if (!isAround) painted.push(element.matches(PICTURES) ? 1 : coverIn(getComputedStyle(element), hasLetters(element)));
  return Math.max(0, ...painted) * opacityOf(element);
}

/**
 * @param {CSSStyleDeclaration} style
 * @param {boolean} hasLetters
 * @returns {number} 0 to 1; a picture may be of any colour
 */
function coverIn(style, hasLetters) {
  if (style.backgroundImage !== "none" || style.content.includes("url(") || blurs(style)) return 1;
  const colours = ["top", "right", "bottom", "left"]
    .filter((side) => parseFloat(style.getPropertyValue(`border-${side}-width`)) >= THICK_BORDER_PX)
    .map((side) => style.getPropertyValue(`border-${side}-color`));
  if (hasLetters) colours.push(style.color);
  return Math.max(...[style.backgroundColor, ...colours].map((colour) => colourOf(colour)[3]));
}

/**
 * @param {CSSStyleDeclaration} style
 * @returns {boolean} whether what is behind is drawn otherwise
 */
function blurs({ backdropFilter }) {
  return Boolean(backdropFilter) && backdropFilter !== "none";
}

/**
 * @param {Element} element
 * @returns {boolean} of its own, not of what is within it
 */
function hasLetters(element) {
  return [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && /\S/.test(node.nodeValue ?? ""));
}

/**
 * @param {Element} element
 * @returns {CSSStyleDeclaration[]} of those that it has
 */
function pseudoElementsOf(element) {
  return PSEUDO_ELEMENTS.map((which) => getComputedStyle(element, which)).filter(
    ({ content, display }) => content !== "none" && content !== "normal" && display !== "none",
  );
}

/**
 * @param {Element} element
 * @returns {number} 0 to 1, with that of all around it
 */
function opacityOf(element) {
  return pathOf(element).reduce((opacity, at) => opacity * parseFloat(getComputedStyle(at).opacity), 1);
}

/**
 * @param {Element} shown
 * @returns {(behind: Element[]) => boolean} whether the letters differ from what is painted there; where that is a
 *   picture, nobody knows
 */
function legibility(shown) {
  const style = getComputedStyle(shown);
  const isForced = matchMedia("(forced-colors: active)").matches; // by the payer, who sees no other colour than `color`
  const ink = colourOf((isForced ? "" : style.webkitTextFillColor) || style.color);
  const canvas = colourOf(getComputedStyle(shown.ownerDocument.documentElement).columnRuleColor);
  const layers = /** @type {Map<Element, Colour | null>} */ (new Map());
  const layer = (/** @type {Element} */ element) => {
    if (!layers.has(element)) layers.set(element, layerOf(element));
    return layers.get(element) ?? null;
  };
  return (behind) => {
    if (ink[3] < LEAST_INK) return false;
    const back = colourBehind(behind, layer, canvas);
    return back === null || contrast(over(ink, back), back) >= LEAST_CONTRAST;
  };
}

/**
 * @param {Element[]} behind the nearest to the eye first
 * @param {(element: Element) => Colour | null} layer
 * @param {Colour} canvas
 * @returns {Colour | null} null where a picture is among them
 */
function colourBehind(behind, layer, canvas) {
  const layers = [];
  for (const element of behind) {
    const colour = layer(element);
    if (colour === null) return null;
    layers.push(colour);
    if (colour[3] === 1) break;
  }
  return layers.reduceRight((back, colour) => over(colour, back), canvas);
}

/**
 * @param {Element} element
 * @returns {Colour | null} null where it paints a picture
 */
function layerOf(element) {
  const { backgroundColor, backgroundImage } = getComputedStyle(element);
  if (backgroundImage !== "none" || element.matches(PICTURES)) return null;
  if (pseudoElementsOf(element).some((style) => coverIn(style, false) > 0)) return null;
  const [red, green, blue, alpha] = colourOf(backgroundColor);
  return [red, green, blue, alpha * opacityOf(element)];
}
