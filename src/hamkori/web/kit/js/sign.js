// A key that cannot leave this browser: offered once at the sign-in, it then signs what needs a passphrase or a fresh one.
const kind = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const hex = (bytes) => [...new Uint8Array(bytes)].map((one) => one.toString(16).padStart(2, "0")).join("");
const done = (asked) => new Promise((well, ill) => { asked.onsuccess = () => well(asked.result); asked.onerror = ill; });
async function kept(mode, act) {
  const asked = indexedDB.open("hamkori", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("keys");
  return done(act((await done(asked)).transaction("keys", mode).objectStore("keys")));
}
const own = () => kept("readonly", (keys) => keys.get("own"));

const field = document.querySelector("[name=browser_key]");
if (field && HTMLFormElement.prototype.requestSubmit) (async () => {
  if (!await own()) {
    const made = await crypto.subtle.generateKey(kind, false, ["sign", "verify"]);
    // Two windows at once: the first one's stays.
    await kept("readwrite", (keys) => keys.add(made, "own")).catch(() => 0);
  }
  field.value = hex(await crypto.subtle.exportKey("raw", (await own()).publicKey));
})().catch(() => 0);

const said = document.body.dataset;
if (said.sign) document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.signed === "1") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.signed) return;
  form.dataset.signed = "0";
  const asked = said.sign;
  try {
    const path = new URL(form.getAttribute("action") || location.href, location.href).pathname;
    const text = new TextEncoder().encode(`${asked} ${path}`);
    const given = hex(await crypto.subtle.sign(kind, (await own()).privateKey, text));
    for (const [name, value] of [["sign_asked", asked], ["sign_given", given]]) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
  } catch { /* without it the server says what to do */ }
  form.dataset.signed = "1";
  form.requestSubmit(event.submitter);
}, true);
