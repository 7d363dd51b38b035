// Covers the screen while somebody stands beside: F9, a tap with two fingers, or button[data-cover]. A key or tap lifts it.
// The other windows of this browser are covered with it, and each is lifted by itself.
// After the vault has closed (hk-lock) only she lifts it: signed in again, in whatever window, with her vault open.
const cover = document.querySelector(".cover");
const root = document.body;
let before = null;

function set(on) {
  if (!cover || root.classList.contains("covered") === on) return;
  if (on) before = document.activeElement;
  root.classList.toggle("covered", on);
  (on ? cover.querySelector("button") : before)?.focus();
}

const beside = globalThis.BroadcastChannel ? new BroadcastChannel("hk-covers") : null;
beside?.addEventListener("message", () => set(true));
function setAll() {
  set(true);
  beside?.postMessage("");
}

const locked = cover?.querySelector(".locked");
// What waits is taken out of the page meanwhile: no other look of the browser's, and no saving of the page, shows it.
let waiting = [];
function away() {
  waiting = [...root.children].filter((one) => one !== cover);
  for (const one of waiting) one.remove();
}
async function lift() {
  if (!locked || locked.hidden) { set(false); return; }
  try {
    const page = new DOMParser().parseFromString(await (await fetch("/", { cache: "no-store" })).text(), "text/html");
    const { who, sealAt, sign, now } = page.body.dataset;
    if (!who || who !== root.dataset.who || !sealAt) throw new Error("not she, or not yet");
    // What the forms of this page prove, they proved for the session that is over.
    const { value } = page.querySelector("[name=csrfmiddlewaretoken]");
    root.prepend(...waiting);
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = value;
    Object.assign(root.dataset, { now, sealAt }, sign && { sign });
    document.dispatchEvent(new Event("hk-open"));
    locked.hidden = true;
    set(false);
  } catch {
    locked.querySelector("[role=alert]").hidden = false;
  }
}

if (locked) document.addEventListener("hk-lock", () => {
  for (const one of document.querySelectorAll("dialog[open]")) one.close();
  locked.hidden = false;
  locked.querySelector("[role=alert]").hidden = true;
  set(true);
  away();
});

if (cover) {
  cover.hidden = false;
  for (const button of document.querySelectorAll("[data-cover]")) {
    button.hidden = false;
    button.addEventListener("click", setAll);
  }
  cover.querySelector("button").addEventListener("click", lift);
  document.addEventListener("keydown", (event) => {
    if (event.code === "F9") { event.preventDefault(); root.classList.contains("covered") ? lift() : setAll(); }
  });
  let began = 0;
  document.addEventListener("touchstart", (event) => { began = event.touches.length === 2 ? Date.now() : 0; }, { passive: true });
  document.addEventListener("touchmove", () => { began = 0; }, { passive: true });
  document.addEventListener("touchend", () => { if (began && Date.now() - began < 250) setAll(); began = 0; }, { passive: true });
}
