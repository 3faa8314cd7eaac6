/* Comforts of the reading page; each finds its piece on the page and works alone. */
import { copying } from "./copying.js";
import { followHits } from "./hits.js";
import { openNotes } from "./notes.js";
import { followOriginal } from "./original.js";
import { followOutline } from "./outline.js";
import { keepWords } from "./words.js";

function settings(panel) {
  panel.hidden = false;
  const root = document.documentElement.dataset;
  for (const field of panel.querySelectorAll("input")) {
    field.checked = (root[field.name] || "") === field.value;
  }
  panel.addEventListener("change", ({ target }) => {
    const value = target.checked ? target.value : "";
    if (value) root[target.name] = value;
    else delete root[target.name];
    try {
      localStorage.setItem("reading", JSON.stringify({ size: root.size, face: root.face, keys: root.keys }));
    } catch {
      // The choice then holds for this page only.
    }
  });
}

function start(selector, comfort) {
  const piece = document.querySelector(selector);
  if (piece) comfort(piece);
}

start("[data-outline]", followOutline);
start("[data-hits]", followHits);
start("[data-original]", followOriginal);
start("[data-settings]", settings);
start(".sheet:has([role=doc-noteref])", openNotes);
copying();
start("#words-form", keepWords);
