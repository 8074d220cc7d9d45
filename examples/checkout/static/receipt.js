/** Says when the consent was received as the payer's clock does. */

const received = document.querySelector("#received");
const form = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "medium", timeZone: "Asia/Seoul" });
received.textContent = form.format(new Date(received.dateTime));

addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
