/**
 * Colours as `getComputedStyle` gives them, and how well one is seen on another.
 */

/** @typedef {[red: number, green: number, blue: number, alpha: number]} Colour sRGB of 0 to 255, and 0 to 1 */

/** @type {Colour} */
export const CLEAR = [0, 0, 0, 0];

/**
 * Of spaces that tell how light a colour is by itself the grey that is as light; others are near enough to sRGB.
 *
 * @type {Record<string, (a: number, b: number, c: number) => [number, number, number]>}
 */
const SPACES = {
  rgb: (red, green, blue) => [red, green, blue],
  rgba: (red, green, blue) => [red, green, blue],
  srgb: (red, green, blue) => [red * 255, green * 255, blue * 255],
  "display-p3": (red, green, blue) => [red * 255, green * 255, blue * 255],
  "a98-rgb": (red, green, blue) => [red * 255, green * 255, blue * 255],
  rec2020: (red, green, blue) => [red * 255, green * 255, blue * 255],
  lab: (lightness) => grey(((lightness + 16) / 116) ** 3),
  lch: (lightness) => grey(((lightness + 16) / 116) ** 3),
  oklab: (lightness) => grey(lightness ** 3),
  oklch: (lightness) => grey(lightness ** 3),
};

/**
 * @param {string} computed
 * @returns {Colour} what is not known counts as clear
 */
export function colourOf(computed) {
  const [, form = "", inside = ""] = /^([a-z]+)\((.*)\)$/.exec(computed) ?? [];
  const parts = inside.split(/[\s,/]+/);
  const space = SPACES[form === "color" ? (parts.shift() ?? "") : form];
  if (!space) return CLEAR;
  const [a = 0, b = 0, c = 0, alpha = 1] = parts.map((part) => parseFloat(part) || 0);
  return [...space(a, b, c), alpha];
}

/**
 * @param {Colour} front
 * @param {Colour} back
 * @returns {Colour}
 */
export function over(front, back) {
  const alpha = front[3] + back[3] * (1 - front[3]);
  const mixed = (/** @type {0 | 1 | 2} */ which) =>
    alpha && (front[which] * front[3] + back[which] * back[3] * (1 - front[3])) / alpha;
  return [mixed(0), mixed(1), mixed(2), alpha];
}

/**
 * @param {Colour} one
 * @param {Colour} other
 * @returns {number} 1 to 21 (WCAG 2.2, contrast ratio)
 */
export function contrast(one, other) {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/**
 * @param {Colour} colour
 * @returns {number} 0 to 1 (WCAG 2.2, relative luminance)
 */
function luminance([red, green, blue]) {
  const linear = (/** @type {number} */ part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/**
 * @param {number} light luminance
 * @returns {[number, number, number]}
 */
function grey(light) {
  const share = light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;
  return [share * 255, share * 255, share * 255];
}
