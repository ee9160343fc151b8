// The one thing that a page cannot do by itself: ask the device for a passkey. A form that is marked with
// data-passkey is shown where the browser can; what the device answers is sent with it, as a form is.
"use strict";

const bytesOf = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

const textOf = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const described = (list = []) => list.map((one) => ({ ...one, id: bytesOf(one.id) }));

async function made(options) {
  const user = { ...options.user, id: bytesOf(options.user.id) };
  const credential = await navigator.credentials.create({
    publicKey: {
      ...options,
      user,
      challenge: bytesOf(options.challenge),
      excludeCredentials: described(options.excludeCredentials),
    },
  });
  return spelt(credential, { attestationObject: textOf(credential.response.attestationObject) });
}

async function proven(options) {
  const credential = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytesOf(options.challenge),
      allowCredentials: described(options.allowCredentials),
    },
  });
  const { authenticatorData, signature } = credential.response;
  return spelt(credential, { authenticatorData: textOf(authenticatorData), signature: textOf(signature) });
}

const spelt = (credential, response) =>
  JSON.stringify({
    id: credential.id,
    rawId: textOf(credential.rawId),
    type: credential.type,
    clientExtensionResults: {},
    response: { clientDataJSON: textOf(credential.response.clientDataJSON), ...response },
  });

function say(form, what, words) {
  for (const line of form.querySelectorAll("[data-said]")) {
    line.hidden = line.dataset.said !== what;
    if (!line.hidden && words) line.textContent = words;
  }
}

const REASONS = { NotAllowedError: "stopped", AbortError: "stopped", InvalidStateError: "held", SecurityError: "elsewhere" };

async function ask(form) {
  const words = new FormData(form);
  words.set("begin", "1");
  const answer = await fetch(form.action, { method: "POST", body: words, headers: { Accept: "application/json" } });
  const said = answer.redirected ? {} : await answer.json();
  // She has to sign in or to prove who she is first: the page itself leads there.
  if (answer.redirected || said.code === "proof_too_old") return location.reload();
  if (!answer.ok) return say(form, "refused", said.title);
  form.elements.answer.value = await (form.dataset.passkey === "make" ? made : proven)(said.publicKey);
  form.submit();
  return undefined;
}

function offer(form) {
  const button = form.querySelector("button");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    say(form, "asking");
    try {
      await ask(form);
    } catch (trouble) {
      say(form, REASONS[trouble.name] ?? "failed");
    } finally {
      button.disabled = false;
    }
  });
}

if (window.isSecureContext && window.PublicKeyCredential) {
  document.querySelectorAll("form[data-passkey]").forEach(offer);
  for (const line of document.querySelectorAll("[data-passkey-missing]")) line.hidden = true;
}
