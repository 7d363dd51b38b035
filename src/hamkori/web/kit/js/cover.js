// Covers the screen while somebody stands beside: F9, a tap with two fingers, or button[data-cover]. A key or tap lifts it.
const cover = document.querySelector(".cover");
const root = document.body;
let before = null;

function set(on) {
  if (!cover || root.classList.contains("covered") === on) return;
  if (on) before = document.activeElement;
  root.classList.toggle("covered", on);
  (on ? cover.querySelector("button") : before)?.focus();
}

if (cover) {
  cover.hidden = false;
  for (const button of document.querySelectorAll("[data-cover]")) {
    button.hidden = false;
    button.addEventListener("click", () => set(true));
  }
  cover.querySelector("button").addEventListener("click", () => set(false));
  document.addEventListener("keydown", (event) => {
    if (event.code === "F9") { event.preventDefault(); set(!root.classList.contains("covered")); }
  });
  let began = 0;
  document.addEventListener("touchstart", (event) => { began = event.touches.length === 2 ? Date.now() : 0; }, { passive: true });
  document.addEventListener("touchmove", () => { began = 0; }, { passive: true });
  document.addEventListener("touchend", () => { if (began && Date.now() - began < 250) set(true); began = 0; }, { passive: true });
}
