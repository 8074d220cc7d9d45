/** Opens key files away from the page: the password and the opened key are here only, and go with this worker. */

import { KeyRefused } from "./errors.js";
import { openNpki } from "./npki.js";
import { openPkcs12 } from "./pkcs12.js";

/** @type {Record<string, (given: any) => Promise<import("./opening.js").Opened>>} */
const OPENERS = { npki: openNpki, pkcs12: openPkcs12 };

self.addEventListener("message", async ({ data: { kind, given } }) => {
  try {
    self.postMessage({ opened: await OPENERS[kind](given) });
  } catch (error) {
    self.postMessage({ refused: error instanceof KeyRefused ? error.code : "key-file-damaged" });
  }
});
