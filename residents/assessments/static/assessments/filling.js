// What is chosen is kept a moment later, so that a tablet put down for a while loses nothing. Without this script the
// buttons do the same; with it they still do.
"use strict";

(() => {
  const form = document.querySelector("form.scale[data-keeps]");
  const said = document.querySelector(".scale-said");
  if (!form || !said) return;
  let timer = 0;
  let sending = false;
  let again = false;

  async function keep() {
    if (sending) {
      again = true;
      return;
    }
    sending = true;
    again = false;
    const body = new FormData(form);
    body.set("then", "quiet");
    try {
      const answer = await fetch(form.dataset.keeps, { method: "POST", body, credentials: "same-origin" });
      const told = answer.redirected ? {} : await answer.json();
      if (told.seen_version) form.elements.seen_version.value = told.seen_version;
      said.textContent = told.said || form.dataset.lost;
    } catch {
      said.textContent = form.dataset.lost;
    }
    sending = false;
    if (again) keep();
  }

  form.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 1000);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!sending) return;
    event.preventDefault();  // the version that is on its way back is the one to send
    const button = event.submitter;
    setTimeout(() => form.requestSubmit(button), 200);
  });
})();
