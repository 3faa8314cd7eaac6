/* Copies a passage's link, citation or text; without the clipboard the links lead on as they are. */
const text = document.querySelector("[data-source]");
let said = document.querySelector("[data-said]");

function say(words, link) {
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

async function copy(words, done, link) {
  try {
    await navigator.clipboard.writeText(words);
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

function passage(tools) {
  const section = tools.closest(".section");
  const cite = tools.querySelector("[data-cite]");
  const path = section.querySelector("[data-path]")?.dataset.path;
  const place = tools.querySelector("[data-copy]").hash.slice(1);
  return {
    place: decodeURIComponent(place),
    cite: cite.href,
    citation: [text.dataset.source, path, cite.dataset.cite].filter(Boolean).join("，"),
  };
}

function wording(place) {
  const piece = document.getElementById(place).cloneNode(true);
  for (const extra of piece.querySelectorAll(".tools, .page-mark")) extra.remove();
  const lines = piece.matches("p") ? [piece] : piece.querySelectorAll("h2, h3, h4, h5, h6, p, tr");
  return [...lines].map((line) => line.textContent.trim()).filter(Boolean).join("\n");
}

function onClick(event) {
  const from = event.target.closest("[data-copy-from]");
  if (from) {
    copy(document.getElementById(from.dataset.copyFrom).value, "已复制");
    return;
  }
  const tool = event.target.closest("[data-copy], [data-cite], [data-words]");
  if (!tool || !navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (tool.matches("[data-copy]")) {
    event.preventDefault();
    location.hash = tool.hash;
    // Going to a place moves the keyboard there; whoever pressed ¶ may want the next tool.
    tool.focus({ preventScroll: true });
    copy(addressOf(decodeURIComponent(tool.hash.slice(1))), "已复制链接");
    return;
  }
  event.preventDefault();
  const { place, cite, citation } = passage(tool.parentElement);
  if (tool.matches("[data-words]")) {
    copy(`${wording(place)}\n——${citation}\n${addressOf(place)}`, "已复制原文和出处", cite);
  } else {
    copy(citation, "已复制引用", cite);
  }
}

/* The button for the text itself comes with the first look at a passage: 600 of them would weigh. */
function offer(event) {
  const tools = event.target.closest?.(".section")?.querySelectorAll(".tools") ?? [];
  for (const each of tools) {
    if (each.querySelector("[data-words]") || !each.querySelector("[data-cite]")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tool";
    button.dataset.words = "";
    button.textContent = "复制原文";
    each.querySelector("[data-cite]").after(button);
  }
}

export function copying() {
  document.addEventListener("click", onClick);
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy-from]")) button.hidden = false;
  if (!text) return;
  text.addEventListener("pointerover", offer);
  text.addEventListener("focusin", offer);
}
