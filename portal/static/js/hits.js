/* From hit to hit of the words looked for, without loading the page again. */
const EDITING = "input, textarea, select, [contenteditable]";

export function followHits(nav) {
  const total = Number(nav.dataset.hits);
  if (!total) return;
  const count = nav.querySelector("[data-count]");
  let current = Number(nav.dataset.current);

  function mark(number) {
    document.querySelector("mark.here")?.classList.remove("here");
    current = number;
    const hit = document.getElementById(`h${number}`);
    hit?.classList.add("here");
    count.textContent = `第 ${number} / ${total} 处`;
    return hit;
  }

  function go(number) {
    const hit = mark(number);
    if (!hit) return;
    const address = new URL(location.href);
    address.searchParams.set("hit", number);
    address.hash = `h${number}`;
    // Replaced, not pushed: twenty hits should not be twenty steps back.
    history.replaceState(null, "", address);
    hit.scrollIntoView({ block: "center" });
    hit.tabIndex = -1;
    hit.focus({ preventScroll: true });
  }

  const step = (by) => go(current ? ((current - 1 + by + total) % total) + 1 : by > 0 ? 1 : total);

  nav.addEventListener("click", (event) => {
    const link = event.target.closest("[data-step], [data-hit]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.dataset.hit) {
      nav.querySelector("details").open = false;
      go(Number(link.dataset.hit));
      return;
    }
    step(Number(link.dataset.step));
    // Whoever presses the button wants to press it again.
    link.focus({ preventScroll: true });
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches(EDITING) || document.documentElement.dataset.keys === "off") return;
    if (event.key === "n") step(1);
    else if (event.key === "p") step(-1);
  });

  const form = document.querySelector("[data-find]");
  const field = form?.elements.q;
  field?.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || event.isComposing || field.value !== field.defaultValue) return;
    event.preventDefault();
    step(by);
    field.focus({ preventScroll: true });
  });

  arrive(mark, current);
}

/* The section asked for may be long: its first hit is brought into view and counted from. */
function arrive(mark, current) {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const hit = target && (target.matches("mark") ? target : target.querySelector("mark[id]"));
  if (!hit || current) return;
  mark(Number(hit.id.slice(1)));
  const { top, bottom } = hit.getBoundingClientRect();
  if (top < 0 || bottom > window.innerHeight) hit.scrollIntoView({ block: "center" });
}
