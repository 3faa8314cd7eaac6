/* What a reader does with a passage: one set of tools, made once, that goes where they look. */
const text = document.querySelector("[data-source]");
let said = document.querySelector("[data-said]");
let tools = null;
let place = "";

export function say(words, link) {
  if (!said) {
    said = document.createElement("p");
    said.className = "said";
    said.setAttribute("role", "status");
    document.body.append(said);
  }
  said.replaceChildren(words);
  if (link) {
    const more = document.createElement("a");
    more.href = link;
    more.textContent = "其他格式";
    said.append(" ", more);
  }
  said.classList.add("shown");
  clearTimeout(say.timer);
  say.timer = setTimeout(() => said.classList.remove("shown"), 6000);
}

/* As plain words and, for word processors, as the same words that link to `address`. */
function pieces(words, address) {
  const link = document.createElement("a");
  link.href = address;
  link.textContent = words;
  const kinds = { "text/plain": `${words}\n${address}`, "text/html": link.outerHTML };
  return Object.fromEntries(
    Object.entries(kinds).map(([type, value]) => [type, new Blob([value], { type })]),
  );
}

async function copy(words, done, link, address) {
  try {
    if (!address) await navigator.clipboard.writeText(words);
    else if (navigator.clipboard.write) await navigator.clipboard.write([new ClipboardItem(pieces(words, address))]);
    else await navigator.clipboard.writeText(`${words}\n${address}`);
    say(done, link);
  } catch {
    say("浏览器不让复制，请选中文字后复制。", link);
  }
}

function addressOf(id) {
  const address = new URL(location.href);
  address.search = "";
  address.hash = id;
  return address.href;
}

const sectionOf = (id) => document.getElementById(id).closest(".section");

/* 0 for the section itself, whose first paragraph needs no number of its own. */
const numberOf = (id) => (id === sectionOf(id).id ? 0 : Number(/-t(\d+)$/.exec(id)[1]));

function citationOf(id) {
  const number = numberOf(id);
  const words = [text.dataset.source, sectionOf(id).dataset.path, number && `第${number}段`];
  return words.filter(Boolean).join("，");
}

/* Opened later, it says whether the section still reads as it does now. */
function checkOf(id) {
  const address = new URL(text.dataset.verify, location.href);
  address.searchParams.set("a", sectionOf(id).id);
  address.searchParams.set("f", sectionOf(id).dataset.mark);
  return address.href;
}

function wording(id) {
  const piece = document.getElementById(id).cloneNode(true);
  for (const extra of piece.querySelectorAll(".tools, .at, .kept, .page-mark, .note-ref")) extra.remove();
  const lines = piece.matches("p") ? [piece] : piece.querySelectorAll("h2, h3, h4, h5, h6, p, tr");
  return [...lines].map((line) => line.textContent.trim()).filter(Boolean).join("\n");
}

function make(tag, name, called) {
  const tool = document.createElement(tag);
  tool.className = "tool";
  tool.textContent = name;
  tool.setAttribute("aria-label", `${name}${called}`);
  if (tag === "button") tool.type = "button";
  tools.append(tool);
  return tool;
}

/* Fills the tools for the section or the paragraph with this id. */
function fill(id) {
  const section = sectionOf(id);
  const number = numberOf(id);
  const named = /“(.*)”/.exec(section.querySelector(".at").getAttribute("aria-label"))[0];
  const called = number ? `${named}第 ${number} 段` : named;
  place = id;
  tools.replaceChildren();
  tools.setAttribute("aria-label", called);
  const link = make("a", "链接", called);
  link.href = `#${id}`;
  link.dataset.copy = "";
  const cite = make("a", "引用", called);
  cite.href = `cite/${id}/`;
  cite.dataset.cite = "";
  if (navigator.clipboard) make("button", "原文", called).dataset.words = "";
  if (!number && text.dataset.compare && section.querySelector(":scope > :is(h2, h3, h4, h5, h6)")) {
    make("a", "对照", called).href = text.dataset.compare + encodeURIComponent(id);
  }
  make("a", "笔记", named).href = `cite/${section.id}/#words`;
  if (section.querySelector(":scope > .kept")) return;
  const keep = make("button", "收藏", named);
  keep.type = "submit";
  keep.setAttribute("form", "bookmark-form");
  keep.name = "anchor";
  keep.value = section.id;
}

/* Beside the first line of what it is for, in the order of the keyboard behind the section's ¶. */
function offer(section, block) {
  const own = block && !block.id.endsWith("-t1");
  const id = own ? block.id : section.id;
  if (tools.contains(document.activeElement) && place !== id) return;
  if (place !== id || !tools.isConnected) {
    fill(id);
    section.querySelector(":scope > .at").after(tools);
  }
  const first = section.querySelector(":scope > :is(h2, h3, h4, h5, h6, p, .table-frame):not(.visually-hidden)");
  const beside = own ? block : first;
  tools.style.insetBlockStart = `${beside ? beside.offsetTop : 0}px`;
  tools.classList.toggle("low", Boolean(beside && /^H/.test(beside.tagName)));
}

/* A finger that scrolls asks for nothing; it has the ¶ of every section. */
function onLook(event) {
  const section = event.target.closest?.(".section");
  if (!section || event.target.closest(".tools") || event.pointerType === "touch") return;
  offer(section, event.type === "pointerover" && event.target.closest("p[id], tr[id]"));
}

function onElsewhere(event) {
  if (!event.target.closest?.(".tools, .at, .said")) tools.remove();
}

function onClick(event) {
  const from = event.target.closest("[data-copy-from]");
  if (from) {
    copy(document.getElementById(from.dataset.copyFrom).value, "已复制");
    return;
  }
  const tool = event.target.closest(".at, [data-copy], [data-cite], [data-words]");
  if (!tool || !text || !navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const id = tool.matches(".at") ? sectionOf(tool.parentElement.id).id : place;
  if (tool.matches(".at") && matchMedia("(hover: none)").matches) {
    offer(sectionOf(id));
  } else if (tool.matches(".at, [data-copy]")) {
    location.hash = id;
    // Going to a place moves the keyboard there; whoever pressed ¶ may want the next tool.
    tool.focus({ preventScroll: true });
    copy(addressOf(id), "已复制链接", `cite/${id}/`);
  } else if (tool.matches("[data-words]")) {
    copy(`${wording(id)}\n——${citationOf(id)}\n${addressOf(id)}`, "已复制原文和出处", `cite/${id}/`);
  } else {
    copy(citationOf(id), "已复制引用", tool.href, checkOf(id));
  }
}

export function copying() {
  document.addEventListener("click", onClick);
  if (navigator.clipboard) {
    for (const button of document.querySelectorAll("[data-copy-from]")) button.hidden = false;
  }
  if (!text) return;
  tools = document.createElement("span");
  tools.className = "tools";
  tools.setAttribute("role", "group");
  text.addEventListener("pointerover", onLook);
  text.addEventListener("focusin", onLook);
  if (matchMedia("(hover: none)").matches) document.addEventListener("pointerdown", onElsewhere);
}
