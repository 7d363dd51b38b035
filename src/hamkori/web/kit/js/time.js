// Time passes on an open page: bars fill, a target turns late, an undo banner goes, opened parts are emptied.
// data-start, data-due: bar and late words. data-until: removed then. body[data-seal-at]: [data-opened] parts are emptied.
// data-still: where an opened part asks whether it may still be shown.
const moment = (text) => Date.parse(text || "");
// The page says what time the server had: telephones are often wrong.
let skew = 0;
function set() { skew = moment(document.body.dataset.now) - Date.now() || 0; }
set();
document.addEventListener("hk-open", set);

function pass() {
  const now = Date.now() + skew;
  for (const bar of document.querySelectorAll("progress[data-due]")) {
    const start = moment(bar.dataset.start);
    const part = (now - start) / (moment(bar.dataset.due) - start);
    bar.value = Math.max(0, Math.min(1, part)) * bar.max;
  }
  for (const words of document.querySelectorAll("[data-due][data-late]")) {
    if (now < moment(words.dataset.due)) continue;
    words.textContent = words.dataset.late;
    (words.closest(".when") || words).classList.add("late");
    delete words.dataset.late;
  }
  for (const banner of document.querySelectorAll("[data-until]")) {
    if (now >= moment(banner.dataset.until) && !banner.contains(document.activeElement)) banner.remove();
  }
  if (now >= moment(document.body.dataset.sealAt)) {
    delete document.body.dataset.sealAt;
    seal();
  }
}

// In whatever form something was typed: a part of it may be drawn anew meanwhile, so it is noted of the page.
let typed = false;
document.addEventListener("input", (event) => { if (event.target.form?.method === "post" && event.target.type !== "password") typed = true; });

// What was typed stays, covered; what was opened goes. Where nothing was typed the page is simply fetched again, sealed.
function seal() {
  for (const part of document.querySelectorAll("[data-opened]")) part.replaceChildren(part.dataset.opened);
  if (document.body.dataset.sealAgain !== undefined && !typed && !document.querySelector("dialog[open]")) location.reload();
  else document.dispatchEvent(new Event("hk-lock"));
}

// Sealed or signed out in one window, the others of this browser close too, and wait covered: who lifts them is asked of
// the server, which may not have done it yet, so that no page is fetched again.
// An older browser knows no such channel: there each window closes in its own time.
const windows = globalThis.BroadcastChannel ? new BroadcastChannel("hk-closes") : null;
document.addEventListener("submit", (event) => { if (event.target.matches("[data-closes]")) windows?.postMessage(""); });
windows?.addEventListener("message", () => {
  if (!document.body.dataset.sealAt) return;
  delete document.body.dataset.sealAt;
  for (const part of document.querySelectorAll("[data-opened]")) part.replaceChildren(part.dataset.opened);
  document.dispatchEvent(new Event("hk-lock"));
});

// What lies open from another organisation may have ended there meanwhile: asked while somebody looks, and when they
// look again. A page in which something was typed stays; any other says how it stands now.
async function still() {
  const part = document.querySelector("[data-still]");
  if (!part || document.hidden) return;
  const answer = await fetch(part.dataset.still, { cache: "no-store", headers: { "HX-Request": "true" } }).catch(() => 0);
  if (answer.status !== 205) return;
  delete part.dataset.still;
  part.replaceChildren(part.dataset.opened);
  if (!typed && !document.querySelector("dialog[open]")) location.replace(location.pathname);
}

setInterval(pass, 1000);
setInterval(still, 20000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) pass(); still(); });
// A page that comes back from the browser's memory may show what is closed by now.
addEventListener("pageshow", (event) => { if (event.persisted && document.querySelector("[data-opened]")) location.reload(); });
