// Keeps what is typed on the server, locked for its writer: every 3 seconds while something changes, and when the page is
// hidden. Nothing is kept in the browser.
// <form data-draft="/address/"> with <p data-draft-state role="status" data-failed="…"> inside. The answer is one sentence.
// data-draft-only="name …": only these fields. data-draft-base: what the form was opened with is put back with it.
// data-draft-of="/address/": which form it is, where the address of its page is another each time.
// data-draft-words="name": nothing is kept before something is written there; a choice alone is made again.
// data-draft-redraw="#id": what is put back decides what the form asks, so that it is drawn anew by the server.
const PAUSE = 3000;
const BASE = ["was", "seal_no", "version"];
const drafted = () => document.querySelector("form[data-draft]");
let timer = 0;
let changed = false;
let touched = false;
let saving = false;
let underWay = null;

function keepDraft(leaving) {
  clearTimeout(timer);
  timer = 0;
  const form = drafted();
  if (changed && form) {
    const sent = sendDraft(form, leaving).finally(() => { if (underWay === sent) underWay = null; });
    underWay = sent;
  }
  return underWay;
}

async function sendDraft(form, leaving) {
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
  touched = true;
  timer ||= setTimeout(keepDraft, PAUSE, false);
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-draft]");
  const words = form?.elements[form.dataset.draftWords];
  if (form && (!words || words.value !== words.defaultValue)) typing();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return;
  if (cameBack() && !saving) changed = true;
  keepDraft(true);
});

// A form that came back (data-unsaved) holds what was typed on the page before, and nobody has kept it.
function cameBack() {
  const form = drafted();
  if (touched || underWay || !form?.querySelector("[data-unsaved]")) return false;
  return !form.dataset.draftWords || Boolean(form.elements[form.dataset.draftWords]?.value);
}

// The form itself is saved. A press elsewhere on the page (a language, a look, the lock) waits until the typing is kept.
// Where it cannot be kept, the first press of a language or a look says so, and the second goes on.
let waiting = null;
let warned = false;
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("form[data-draft]")) {
    if (asksFirst(form)) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    changed = false;
    saving = true;
    clearTimeout(timer);
    timer = 0;
    return;
  }
  if (event.defaultPrevented || form.method !== "post" || form === waiting || !drafted()) return;
  if (form.matches("[data-throw]")) { event.preventDefault(); throwAway(form); return; }
  if (cameBack()) changed = true;
  if (!changed && !underWay) return;
  event.preventDefault();
  if (waiting) return;
  waiting = form;
  await Promise.race([keepDraft(false), new Promise((goOn) => { setTimeout(goOn, PAUSE); })]);
  if (changed && !warned && form.matches(".switch")) {
    warned = true;
    const state = drafted()?.querySelector("[data-draft-state]");
    if (state) { state.textContent = state.dataset.lost; state.scrollIntoView({ block: "center" }); }
  } else {
    form.requestSubmit(event.submitter);
  }
  waiting = null;
});

// What was typed before, offered on the form's page: put back field by field, and kept on from there.
const offer = document.querySelector("[data-typed]");
async function putBack() {
  const form = drafted();
  const said = typedWords();
  if (form.dataset.draftRedraw) {
    await redraw(form, said);
    if (!drafted() || drafted() === form) return; // refused, or nobody answered: it is offered still
  } else {
    fill(form, said);
  }
  answered(offer.dataset.typed);
  drafted().querySelector("textarea, input[type=text]")?.focus();
}

const typedWords = () => JSON.parse(offer.querySelector("[data-typed-words]").value);

function answered(sentence) {
  const state = drafted().querySelector("[data-draft-state]");
  if (state) state.textContent = sentence;
  offer.remove();
  typing();
}

// Saved below an offer that nobody answered: what stands as it was drawn, and was typed before, is put back first. True:
// nothing is sent, and the form says so. What was typed anew stays as it is.
function asksFirst(form) {
  if (!offer?.isConnected || form !== drafted()) return false;
  const said = typedWords();
  const words = form.elements[form.dataset.draftWords];
  if (form.dataset.draftRedraw) {
    if (!words || words.value !== words.defaultValue || !said[words.name]?.[0]) return false;
    putBack();
  } else {
    if (!fill(form, said, asDrawn)) return false;
    fill(form, said, (field) => field.type === "hidden");
    answered(offer.dataset.first);
    form.querySelector("[data-draft-state]")?.scrollIntoView({ block: "center" });
  }
  return true;
}

// A group of choices counts as one field: whoever chose in it has answered it.
function asDrawn(field) {
  if (field.type === "hidden") return false;
  if (field.matches("select")) return (field.querySelector("option[selected]") || field.options[0])?.selected;
  if (!["radio", "checkbox"].includes(field.type)) return field.value === field.defaultValue;
  const group = field.form.querySelectorAll(`[name="${CSS.escape(field.name)}"]`);
  return [...group].every((one) => one.checked === one.defaultChecked);
}

function redraw(form, said) {
  const values = {};
  for (const field of form.querySelectorAll("input[type=hidden]")) values[field.name] = field.value;
  for (const name of form.dataset.draftOnly.split(" ")) if (said[name]) values[name] = said[name];
  return htmx.ajax("POST", form.action, { target: form.dataset.draftRedraw, swap: "outerHTML", values });
}

// Of the fields that may be filled; the answer is whether anything that is seen has changed by it.
function fill(form, said, may = () => true) {
  const only = form.dataset.draftOnly?.split(" ");
  const hidden = only || ("draftBase" in form.dataset ? BASE : []);
  const open = [...form.elements].filter((field) => !["file", "submit", "button"].includes(field.type) && may(field));
  let filled = false;
  for (const field of open) {
    const values = said[field.name];
    if (only && !only.includes(field.name)) continue;
    if (field.type === "checkbox" || (field.type === "radio" && values)) {
      const chosen = (values || []).includes(field.value);
      filled ||= chosen !== field.checked;
      field.checked = chosen;
    } else if (values && field.type !== "radio" && (field.type !== "hidden" || hidden.includes(field.name))) {
      filled ||= field.type !== "hidden" && field.value !== values[0];
      field.value = values[0];
      for (let fold = values[0] && field.closest("details"); fold; fold = fold.parentElement.closest("details")) {
        fold.open = true;
      }
    }
  }
  return filled;
}

// Thrown away without leaving the page: what was typed here meanwhile stays, and is kept on.
async function throwAway(form) {
  await underWay;
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    if (!answer.ok && answer.type !== "opaqueredirect") throw new Error("not thrown away");
    offer.remove();
    if (touched) typing();
  } catch {
    form.submit();
  }
}

const back = offer?.querySelector("[data-put-back]");
if (back && drafted()) {
  back.hidden = false;
  back.addEventListener("click", putBack);
}
