/** Files that were copied only in part. */

/**
 * @param {Uint8Array} file
 * @returns {boolean} whether it begins as DER that says it is longer than what is there
 */
export function isCutShort(file) {
  if (file[0] !== 0x30 || file.length < 2) return false;
  const count = file[1] & 0x7f;
  if (file[1] < 0x80) return file.length < 2 + count;
  if (count === 0 || count > 3 || file.length < 2 + count) return count > 0 && count <= 3;
  const size = file.subarray(2, 2 + count).reduce((value, byte) => value * 256 + byte, 0);
  return file.length < 2 + count + size;
}
