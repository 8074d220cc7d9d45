/** The page on which the payer signs. All that is about signing is in dongui.js; here is what this shop looks like. */

import { DonguiError, npkiKey, pkcs12Key, providerKey, signConsent } from "/dongui/dongui.js";
import { DemoProvider } from "./demo_provider.js";

const DEMO_PASSWORD = "demo-password"; // of throw-away keys

const form = document.querySelector("#signing");
const button = document.querySelector("#sign");
const failure = document.querySelector("#error");
const status = document.querySelector("#status");
const password = document.querySelector("#password");
const words = JSON.parse(form.dataset.words);
const { lang } = document.documentElement;

/** The key that was opened, for another press after a lost connection; it can sign, and nothing can be taken out of it. */
let key = null;

/** What keeps the payer from signing, worded for the payer. */
class Missing extends Error {}

/** Each choice and the key that it gives. */
const KEYS = {
  async npki() {
    const files = [...document.querySelector("#npki").files];
    const certificate = files.find(({ name }) => /\.der$/i.test(name));
    const key = files.find(({ name }) => /\.key$/i.test(name));
    if (!certificate || !key) throw new Missing(words.npki_missing);
    return npkiKey({ certificate, key, password: password.value });
  },
  async p12() {
    const [file] = document.querySelector("#p12").files;
    if (!file) throw new Missing(words.files_missing);
    return pkcs12Key({ file, password: password.value });
  },
  async provider() {
    const provider = new DemoProvider(() => say(words.busy_provider));
    return providerKey({ certificate: await provider.certificate(), sign: (bytes, how) => provider.sign(bytes, how) });
  },
  async demo() {
    const answer = await fetch("/demo-keys/rsa.p12");
    return pkcs12Key({ file: await answer.blob(), password: DEMO_PASSWORD });
  },
};

/** The shop's backend asks the service for a token, with the key that no browser gets. */
async function token() {
  const answer = await fetch(form.dataset.token, { method: "POST" });
  const { token: given, state } = await answer.json();
  if (state === "signed") {
    location.reload(); // in another window: this one shows the receipt too
    return new Promise(() => {});
  }
  if (!given) throw new Missing(words.over);
  return given;
}

async function sign() {
  const kind = new FormData(form).get("kind");
  if (!kind) throw new Missing(words.key_missing);
  say(words.busy_open);
  key ??= await KEYS[kind]();
  password.value = "";
  say(words.busy_sign);
  await signConsent({
    baseUrl: form.dataset.service,
    consentId: form.dataset.consent,
    token,
    text: document.querySelector("#consent"),
    key,
    lang,
  });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (button.getAttribute("aria-disabled") === "true") return;
  busy(true);
  failure.hidden = true;
  try {
    await sign();
    say(words.done);
    location.reload(); // the same address shows the receipt from now on
  } catch (error) {
    say("");
    tell(error instanceof DonguiError ? error.text(lang) : error instanceof Missing ? error.message : words.failed);
    busy(false);
  }
});

form.addEventListener("input", () => {
  key = null;
});
form.addEventListener("change", choose);
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
choose();

function choose() {
  const kind = new FormData(form).get("kind");
  for (const field of form.querySelectorAll("[data-for]")) field.hidden = !field.dataset.for.split(" ").includes(kind);
}

/** @param {boolean} is */
function busy(is) {
  button.setAttribute("aria-disabled", String(is));
}

/** @param {string} what */
function say(what) {
  status.textContent = what;
}

/** @param {string} what */
function tell(what) {
  const heading = document.createElement("h2");
  const text = document.createElement("p");
  heading.textContent = words.error_heading;
  text.textContent = what;
  failure.replaceChildren(heading, text);
  failure.hidden = false;
  failure.focus();
}
