// Public pages only: three quick presses of Shift leave at once, and the page does not stay in the list of pages gone back to.
const way = document.querySelector("a.leave");
let presses = [];
function leave() {
  document.documentElement.hidden = true;
  location.replace(way.href);
}
if (way) {
  way.addEventListener("click", (event) => { event.preventDefault(); leave(); });
  document.addEventListener("keydown", (event) => {
    presses = event.key === "Shift" ? [...presses, Date.now()].filter((t) => Date.now() - t < 1500) : [];
    if (presses.length > 2) leave();
  });
}
