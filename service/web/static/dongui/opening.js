/** Hands key files and their password to a worker and takes back a key that can only sign. */

import { DonguiError, KeyRefused } from "./errors.js";

/**
 * @typedef {object} Opened
 * @property {CryptoKey} key not extractable
 * @property {Uint8Array} certificate
 * @property {Uint8Array[]} intermediates
 */

/** No key file of a person comes near it. */
const LARGEST_FILE_BYTES = 256 * 1024;

/**
 * @param {"pkcs12" | "npki"} kind
 * @param {Record<string, File | Blob | Uint8Array>} files by the name that the opener has for each
 * @param {string} password
 * @param {import("./bytes.js").Digest} digest
 * @returns {Promise<Opened>}
 * @throws {KeyRefused}
 */
export async function open(kind, files, password, digest) {
  if (!password) throw new KeyRefused("key-password-missing");
  const read = await Promise.all(Object.entries(files).map(async ([name, file]) => [name, await bytesOf(file)]));
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  try {
    return await answer(worker, { kind, given: { ...Object.fromEntries(read), password, digest } });
  } finally {
    worker.terminate();
  }
}

/**
 * @param {Worker} worker
 * @param {object} question
 * @returns {Promise<Opened>}
 */
function answer(worker, question) {
  return new Promise((resolve, reject) => {
    worker.addEventListener("error", () => reject(new DonguiError("page-unable")));
    worker.addEventListener("message", ({ data }) => {
      if (data.opened) resolve(data.opened);
      else reject(new KeyRefused(data.refused));
    });
    worker.postMessage(question);
  });
}

/**
 * @param {File | Blob | Uint8Array} file
 * @returns {Promise<Uint8Array>}
 */
async function bytesOf(file) {
  const size = file instanceof Uint8Array ? file.length : file.size;
  if (size === 0 || size > LARGEST_FILE_BYTES) throw new KeyRefused("key-file-not");
  return file instanceof Uint8Array ? file : new Uint8Array(await file.arrayBuffer());
}
