// Keeps what is typed on the server, locked for its writer: every 3 seconds while something changes, and when the page is
// hidden. Nothing is kept in the browser.
// <form data-draft="/address/"> with <p data-draft-state role="status" data-failed="…"> inside. The answer is one sentence.
// data-draft-only="name …": only these fields. data-draft-base: what the form was opened with is put back with it.
// data-draft-of="/address/": which form it is, where the address of its page is another each time.
const PAUSE = 3000;
const BASE = ["was", "seal_no", "version"];
const drafted = () => document.querySelector("form[data-draft]");
let timer = 0;
let changed = false;

async function keepDraft(leaving) {
  clearTimeout(timer);
  timer = 0;
  const form = drafted();
  if (!changed || !form) return;
  changed = false;
  const state = form.querySelector("[data-draft-state]");
  const only = form.dataset.draftOnly?.split(" ");
  const body = new FormData(form);
  for (const [name, value] of [...body]) {
    const carried = name === "operation" || name === "csrfmiddlewaretoken";
    if (value instanceof File || (only && !carried && !only.includes(name))) body.delete(name);
  }
  body.set("of", form.dataset.draftOf || location.pathname + location.search);
  try {
    const answer = await fetch(form.dataset.draft, {
      method: "POST", body: new URLSearchParams(body), keepalive: leaving, headers: { "X-Requested-With": "draft" },
    });
    if (!answer.ok || answer.redirected) throw new Error("not kept");
    if (state) state.textContent = await answer.text();
  } catch {
    changed = true;
    if (state) state.textContent = state.dataset.failed || "";
    if (!leaving) timer = setTimeout(keepDraft, 5 * PAUSE, false);
  }
}

function typing() {
  changed = true;
  timer ||= setTimeout(keepDraft, PAUSE, false);
}

document.addEventListener("input", (event) => { if (event.target.closest?.("form[data-draft]")) typing(); });
document.addEventListener("submit", () => { changed = false; clearTimeout(timer); timer = 0; });
document.addEventListener("visibilitychange", () => { if (document.hidden) keepDraft(true); });

// What was typed before, offered on the form's page: put back field by field, and kept on from there.
const offer = document.querySelector("[data-typed]");
function putBack() {
  const form = drafted();
  const said = JSON.parse(offer.querySelector("[data-typed-words]").value);
  const only = form.dataset.draftOnly?.split(" ");
  const hidden = only || ("draftBase" in form.dataset ? BASE : []);
  for (const field of form.elements) {
    const values = said[field.name];
    if ((only && !only.includes(field.name)) || ["file", "submit", "button"].includes(field.type)) continue;
    if (field.type === "checkbox" || (field.type === "radio" && values)) {
      field.checked = (values || []).includes(field.value);
    } else if (values && field.type !== "radio" && (field.type !== "hidden" || hidden.includes(field.name))) {
      field.value = values[0];
      for (let fold = values[0] && field.closest("details"); fold; fold = fold.parentElement.closest("details")) {
        fold.open = true;
      }
    }
  }
  const state = form.querySelector("[data-draft-state]");
  if (state) state.textContent = offer.dataset.typed;
  offer.remove();
  typing();
  form.querySelector("textarea, input[type=text]")?.focus();
}
const back = offer?.querySelector("[data-put-back]");
if (back && drafted()) {
  back.hidden = false;
  back.addEventListener("click", putBack);
}
