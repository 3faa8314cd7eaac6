/* A note opens at its mark; where browsers cannot, the mark's link leads to it behind the text. */
const GAP = 8;
let box = null;
let mark = null;
let closing = null;

/* Below the mark, or above it near the foot of the window; never over the edge of the page. */
function place() {
  const at = mark.getBoundingClientRect();
  const room = document.documentElement.clientWidth - box.offsetWidth - 2 * GAP;
  const below = at.bottom + box.offsetHeight + GAP < window.innerHeight || at.top < box.offsetHeight;
  box.style.insetInlineStart = `${Math.max(Math.min(at.left - 3 * GAP, room + GAP), GAP)}px`;
  box.style.insetBlockStart = `${(below ? at.bottom : at.top - box.offsetHeight) + window.scrollY}px`;
}

/* A reader's own note comes whole, with the form that changes it. */
function fillOwn(note) {
  const own = note.firstElementChild.cloneNode(true);
  for (const piece of own.querySelectorAll("[id]")) piece.removeAttribute("id");
  own.querySelector(".note-back")?.remove();
  box.replaceChildren(own);
  box.setAttribute("aria-label", "我的笔记");
}

function fill() {
  const note = document.getElementById(mark.hash.slice(1));
  if (mark.matches(".own-ref")) {
    fillOwn(note);
    return;
  }
  const words = note.querySelector("[id$='-text']").cloneNode(true);
  for (const piece of [words, ...words.querySelectorAll("[id]")]) piece.removeAttribute("id");
  const all = document.createElement("a");
  all.href = mark.hash;
  all.textContent = "文末注释";
  all.addEventListener("click", () => box.hidePopover());
  box.replaceChildren(note.querySelector(".footnote-mark").cloneNode(true), words, all);
  box.setAttribute("aria-label", mark.getAttribute("aria-label"));
}

function onClick(event) {
  const own = event.target.closest(".own");
  const marked = own && !event.target.closest("a") && getSelection().isCollapsed;
  const link = marked
    ? document.getElementById(`w${own.dataset.own}`)
    : event.target.closest("[role=doc-noteref]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  // The press that closed the note was meant to close it.
  if (closing === link) return;
  mark = link;
  fill();
  box.showPopover({ source: link });
  place();
  box.focus({ preventScroll: true });
}

export function openNotes(text) {
  if (!("popover" in HTMLElement.prototype)) return;
  box = document.createElement("div");
  box.className = "note-here";
  box.popover = "auto";
  box.tabIndex = -1;
  box.setAttribute("role", "dialog");
  document.body.append(box);
  window.addEventListener("resize", () => box.matches(":popover-open") && place());
  document.addEventListener("pointerdown", () => {
    closing = box.matches(":popover-open") ? mark : null;
  }, true);
  document.addEventListener("keydown", () => (closing = null), true);
  text.addEventListener("click", onClick);
}
