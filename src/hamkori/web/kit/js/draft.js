// Keeps a draft on the server: 3 seconds after typing stops, and when the page is hidden. Nothing is kept in the browser.
// <form data-draft="/address/"> with <p data-draft-state role="status" data-failed="…"> inside. The answer is one sentence.
const PAUSE = 3000;

for (const form of document.querySelectorAll("form[data-draft]")) {
  const state = form.querySelector("[data-draft-state]");
  let timer = 0;
  let changed = false;

  const keep = async (leaving) => {
    clearTimeout(timer);
    if (!changed) return;
    changed = false;
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST", body: new URLSearchParams(body), keepalive: leaving, headers: { "X-Requested-With": "draft" },
      });
      if (!answer.ok || answer.redirected) throw new Error("not kept");
      if (state) state.textContent = await answer.text();
    } catch {
      changed = true;
      if (state) state.textContent = state.dataset.failed || "";
      if (!leaving) timer = setTimeout(keep, 5 * PAUSE, false);
    }
  };

  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE, false);
  });
  form.addEventListener("submit", () => { changed = false; clearTimeout(timer); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) keep(true); });
}
