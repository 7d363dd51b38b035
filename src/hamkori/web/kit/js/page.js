// Small courtesies of a page: errors are read first, or their field where a form leads there; a form is sent once,
// dialogs open, changed parts are announced.
const wrong = document.querySelector("[data-to-field] .bad :is(input:not([type=hidden]), select, textarea)");
(wrong ?? document.querySelector(".errors"))?.focus();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  // What comes back opens at its first error or its message, and not at the place to which a link led before.
  if (location.hash && !form.hasAttribute("action")) form.setAttribute("action", location.pathname + location.search);
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-disabled", "true");
  // The server does a thing once whatever arrives; this only spares an impatient second tap.
  setTimeout(() => { delete form.dataset.sent; event.submitter?.removeAttribute("aria-disabled"); }, 8000);
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal?.();
  if (event.target.closest?.("[data-close]")) event.target.closest("dialog")?.close();
});
for (const opener of document.querySelectorAll("[data-dialog]")) opener.hidden = false;

// All answers of a fold are in sight.
document.addEventListener("toggle", ({ target }) => {
  if (target.matches(".actions > [open]:focus-within")) target.scrollIntoView({ block: "nearest" });
  // Whoever opens one field of a list types there at once.
  if (target.matches(".prefilled > [open]:focus-within")) target.querySelector("input:not([type=hidden], [type=checkbox], [type=radio])")?.focus();
}, true);

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// "Save and print" asked for it: one click, and the browser's own dialog.
if (document.querySelector("[data-print-now]")) addEventListener("load", () => window.print());

// Near the end of a long text: how many letters there are of how many may be, as the server counts them.
document.addEventListener("input", ({ target }) => {
  const most = Number(target.dataset?.most);
  if (!most) return;
  const count = [...target.value.replaceAll("\n", "\r\n")].length;
  let said = target.nextElementSibling;
  if (!said?.matches("[data-count]")) {
    said = Object.assign(document.createElement("p"), { className: "hint" });
    said.dataset.count = "";
    target.after(said);
  }
  said.textContent = count > most * 0.9 ? `${count} / ${most}` : "";
});

const live = document.getElementById("live");

// Without a line a press would end in the browser's own page of errors, and what was typed with it: nothing is sent, and
// the sentence stands at the button. Whoever serves this machine from itself is reached without a line, and is asked.
let reached = null;
document.addEventListener("submit", async (event) => {
  const [form, button] = [event.target, event.submitter];
  if (navigator.onLine || form === reached || form.method !== "post" || !live?.dataset.noLine) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  document.querySelector("[data-waits-for-line]")?.remove();
  try {
    await fetch(document.querySelector("link[rel=icon]").href, { method: "HEAD", cache: "no-store" });
    reached = form;
    form.requestSubmit(button);
    reached = null;
  } catch {
    const said = Object.assign(document.createElement("p"), { className: "msg", textContent: live.dataset.noLine });
    said.dataset.waitsForLine = "";
    said.setAttribute("role", "alert");
    (button?.closest(".actions") ?? button ?? form.lastElementChild).before(said);
  }
}, true);
addEventListener("online", () => document.querySelector("[data-waits-for-line]")?.remove());
document.addEventListener("htmx:afterSwap", (event) => {
  const words = event.target.closest?.("[data-announce]")?.dataset.announce;
  if (live && words) live.textContent = words;
});

// Who has chosen a service goes on at the one that is chosen, which stands first now: the page begins anew.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.requestConfig?.triggeringEvent?.target.name === "service") scrollTo(0, 0);
});

// A part was asked for after the session had ended: the whole form is sent, and what was written comes back in words.
document.addEventListener("hk-ended", (event) => event.target.closest("form")?.submit());
