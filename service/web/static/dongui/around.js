/**
 * An element and all that it stands in, as it is drawn: through slots and out of shadow trees.
 */

/**
 * @param {Element} element
 * @returns {Element[]} the element, its parent, …, the root
 */
export function pathOf(element) {
  const path = [];
  for (let at = /** @type {Element | null} */ (element); at; at = parentOf(at)) path.push(at);
  return path;
}

/**
 * @param {Element} element
 * @returns {Element | null}
 */
function parentOf(element) {
  if (element.assignedSlot) return element.assignedSlot;
  if (element.parentElement) return element.parentElement;
  return element.parentNode instanceof ShadowRoot ? element.parentNode.host : null;
}

/**
 * @param {Element} element
 * @returns {boolean} whether it is drawn above the page, and held by the window
 */
export function isInTopLayer(element) {
  return element.matches(":is(:modal, :popover-open, :fullscreen)");
}
