/** The HTTP side: one consent of one service, asked again where that is safe. */

import { ConnectionLost, ServiceRefused } from "./errors.js";

const WAITS_MS = [300, 1000, 3000];
const PATIENCE_MS = 20_000;
const RUNNING = "SVC-209"; // the first request with this Idempotency-Key is still being answered
const UNAUTHORIZED = 401;
/** @type {Record<string, string>} what the service says to programs, and a payer should hear in other words */
const REFUSALS = { "SVC-200": "token-refused", "SVC-201": "token-refused", "SVC-214": "evidence-refused" };
const CONFLICT = 409;
const PASSING = new Set([429, 502, 503, 504]);

/**
 * @typedef {string | (() => string | Promise<string>)} Token a one-time token, or how to get one from the shop; what that
 * throws comes out of `signConsent` as it is, but for lost connections, which are tried again
 */

export class Service {
  #token;
  /** @type {string | undefined} */
  #held;

  /**
   * @param {{baseUrl: string, consentId: string, token: Token, lang: import("./errors.js").Lang}} about
   */
  constructor({ baseUrl, consentId, token, lang }) {
    this.address = `${baseUrl.replace(/\/+$/, "")}/v1/consents/${encodeURIComponent(consentId)}`;
    this.lang = lang;
    this.#token = token;
  }

  /** @returns {Promise<any>} the consent */
  consent() {
    return this.#asked("", { method: "GET" });
  }

  /**
   * @param {"prepare" | "complete"} half
   * @param {object} body
   * @param {string} attempt the same for the same request: the service then answers as it did before
   * @returns {Promise<any>}
   */
  signature(half, body, attempt) {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": `${attempt}.${half}` };
    return this.#asked(`/signature/${half}`, { method: "POST", headers, body: JSON.stringify(body) });
  }

  /**
   * @param {string} path
   * @param {RequestInit} request
   * @returns {Promise<any>}
   */
  async #asked(path, request) {
    let response = await this.#insistent(path, request);
    if (response.status === UNAUTHORIZED && typeof this.#token === "function") {
      this.#held = undefined; // it may have expired while the text was read
      response = await this.#insistent(path, request);
    }
    const answer = await json(response);
    if (response.ok && answer) return answer;
    if (response.ok) throw new ServiceRefused("answer-malformed", response.status);
    throw new ServiceRefused(REFUSALS[answer?.code] ?? "service-refused", response.status, answer ?? {});
  }

  /**
   * @param {string} path
   * @param {RequestInit} request
   * @returns {Promise<Response>}
   */
  async #insistent(path, request) {
    for (const wait of [...WAITS_MS, null]) {
      try {
        const response = await this.#once(path, request);
        if (wait === null || !(await isPassing(response))) return response;
      } catch (error) {
        if (!isOfTheWay(error)) throw error; // the page's own, on its way to a token
        if (wait === null) throw new ConnectionLost("connection-lost", { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, wait ?? 0));
    }
    throw new ConnectionLost("connection-lost");
  }

  /**
   * @param {string} path
   * @param {RequestInit} request
   * @returns {Promise<Response>}
   */
  async #once(path, request) {
    this.#held ??= typeof this.#token === "function" ? await this.#token() : this.#token;
    return fetch(this.address + path, {
      ...request,
      headers: { ...request.headers, Authorization: `Bearer ${this.#held}`, "Accept-Language": this.lang },
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  }
}

/**
 * @param {unknown} error
 * @returns {boolean} whether it is what `fetch` throws when nothing comes through
 */
function isOfTheWay(error) {
  return error instanceof TypeError || (error instanceof DOMException && error.name === "TimeoutError");
}

/**
 * @param {Response} response
 * @returns {Promise<boolean>} whether to ask again in a moment
 */
async function isPassing(response) {
  if (response.status === CONFLICT) return (await json(response.clone()))?.code === RUNNING;
  return PASSING.has(response.status);
}

/**
 * @param {Response} response
 * @returns {Promise<any>} an object, or null where there is none
 */
async function json(response) {
  try {
    const answer = await response.json();
    return typeof answer === "object" ? answer : null;
  } catch {
    return null;
  }
}
