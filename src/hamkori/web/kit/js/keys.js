// Keys by their place on the keyboard, so that they work on Tajik and Russian layouts. Off unless <html data-keys>.
// data-key="KeyN" or "KeyG KeyT" on a link or button; Control+Enter sends the form; Escape closes the menu.
const typing = (node) => node.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
let first = "";
let forget = 0;

document.addEventListener("keydown", (event) => {
  if (event.code === "Escape" && location.hash === "#menu") { location.hash = "#main"; return; }
  if (!("keys" in document.documentElement.dataset) || event.isComposing || event.altKey || event.metaKey) return;
  if (event.ctrlKey) {
    const form = event.target.closest?.("form");
    if (event.code === "Enter" && form) { event.preventDefault(); form.requestSubmit(); }
    return;
  }
  if (typing(event.target) || document.querySelector("dialog[open], .covered")) return;
  const press = event.shiftKey ? "Shift+" + event.code : event.code;
  const target = document.querySelector(`[data-key="${CSS.escape(press)}"], [data-key="${first} ${CSS.escape(press)}"]`);
  clearTimeout(forget);
  first = press;
  forget = setTimeout(() => { first = ""; }, 1000);
  if (!target || target.hidden) return;
  event.preventDefault();
  first = "";
  if (target.matches("input, select, textarea")) target.focus();
  else target.click();
});
