/**
 * Stands in for the SDK of a provider (간편인증): it says which certificate signs and, once the payer has confirmed on
 * the phone, gives the signature. The demo's key lies in this page; a provider's lies with the provider.
 */

import { pkcs12Key } from "/dongui/dongui.js";

const CONFIRMING_MS = 900;

export class DemoProvider {
  #waiting;

  /** @param {() => void} waiting told while the payer is asked */
  constructor(waiting) {
    this.#waiting = waiting;
  }

  /** @returns {Promise<Uint8Array>} PEM */
  async certificate() {
    const answer = await fetch("/demo-keys/rsa.crt.pem");
    return new Uint8Array(await answer.arrayBuffer());
  }

  /**
   * @param {Uint8Array} bytes
   * @param {{digest: string, algorithm: string}} how
   * @returns {Promise<Uint8Array>}
   */
  async sign(bytes, { digest }) {
    this.#waiting();
    await new Promise((resolve) => setTimeout(resolve, CONFIRMING_MS));
    const answer = await fetch("/demo-keys/rsa.p12");
    const key = await pkcs12Key({ file: await answer.blob(), password: "demo-password", digest });
    return key.sign(bytes);
  }
}
