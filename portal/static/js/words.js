/* Words that are selected in a section can be kept with a note; the form is the page's own. */
import { say } from "./copying.js";

const EXTRAS = ".tools, .at, .kept, .page-mark, .note-ref, .former, .element";
const AROUND = 80;
let text = null;
let form = null;
let offer = null;

/* What is printed of a section between two points, without what only helps the reader. */
function printed(range) {
  const piece = range.cloneContents();
  for (const extra of piece.querySelectorAll(EXTRAS)) extra.remove();
  return piece.textContent.trim() && piece.textContent;
}

function within(range, section) {
  const own = range.cloneRange();
  if (!section.contains(range.startContainer)) own.setStart(section, 0);
  if (!section.contains(range.endContainer)) own.setEnd(section, section.childNodes.length);
  return own;
}

function around(section, range, before) {
  const side = document.createRange();
  side.selectNodeContents(section);
  if (before) side.setEnd(range.startContainer, range.startOffset);
  else side.setStart(range.endContainer, range.endOffset);
  const words = printed(side);
  return before ? words.slice(-AROUND) : words.slice(0, AROUND);
}

function selected() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  return text.contains(range.commonAncestorContainer) && selection.toString().trim() ? range : null;
}

function sideOf(range) {
  const boxes = [...range.getClientRects()].filter((box) => box.width);
  return boxes.at(-1) ?? range.getBoundingClientRect();
}

function put(box, range) {
  const at = sideOf(range);
  const room = document.documentElement.clientWidth - box.offsetWidth - 8;
  box.style.insetInlineStart = `${Math.max(Math.min(at.right - 24, room), 8)}px`;
  box.style.insetBlockStart = `${at.bottom + window.scrollY + 8}px`;
}

function look() {
  if (form.matches(":popover-open")) return;
  const range = selected();
  offer.hidden = !range;
  if (range) put(offer, range);
}

function open() {
  const range = selected();
  if (!range) return;
  const sections = [...text.querySelectorAll(".section")].filter((section) => range.intersectsNode(section));
  const held = sections.filter((section) => printed(within(range, section)));
  offer.hidden = true;
  if (held.length !== 1) {
    say(held.length ? "选中的文字跨了两节，请在一节之内选取。" : "请选取正文里的文字。");
    return;
  }
  const own = within(range, held[0]);
  const words = printed(own).trim();
  const fields = form.elements;
  fields.anchor.value = held[0].id;
  fields.words.value = words;
  fields.before.value = around(held[0], own, true);
  fields.after.value = around(held[0], own, false);
  form.querySelector("q").textContent = words.length > 60 ? `${words.slice(0, 60)}…` : words;
  form.showPopover();
  put(form, range);
  fields.note.focus();
}

export function keepWords(page) {
  if (!("popover" in HTMLElement.prototype)) return;
  text = document.querySelector("[data-text]");
  form = page;
  form.hidden = false;
  form.popover = "auto";
  offer = document.createElement("button");
  offer.type = "button";
  offer.className = "button button-small keep-words";
  offer.textContent = "做笔记";
  offer.hidden = true;
  // Pressing it must not take the selection away.
  offer.addEventListener("pointerdown", (event) => event.preventDefault());
  offer.addEventListener("click", open);
  text.append(offer);
  document.body.append(form);
  document.addEventListener("selectionchange", () => {
    clearTimeout(look.timer);
    look.timer = setTimeout(look, 150);
  });
  form.addEventListener("toggle", (event) => event.newState === "closed" && look());
}
