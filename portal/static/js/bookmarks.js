/* Comfort of a folder ordered by hand: bookmarks can be dragged; the buttons do the same. */

const list = document.querySelector("[data-order]");

function places() {
  return [...list.querySelectorAll("[data-bookmark]")];
}

async function put(item, place) {
  const token = list.querySelector("[name=csrfmiddlewaretoken]").value;
  const body = new URLSearchParams({ bookmark: item.dataset.bookmark, to: String(place) });
  const answer = await fetch(list.dataset.order, {
    method: "POST",
    headers: { "X-CSRFToken": token },
    body,
  });
  if (answer.ok) window.location.reload();
}

if (list) {
  let held = null;
  for (const item of places()) {
    const handle = item.querySelector("h3");
    handle.draggable = true;
    for (const link of handle.querySelectorAll("a")) link.draggable = false;
    handle.classList.add("handle");
    handle.addEventListener("dragstart", (event) => {
      held = item;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", item.dataset.bookmark);
    });
    handle.addEventListener("dragend", () => {
      held = null;
      for (const other of places()) other.classList.remove("drop-here");
    });
    item.addEventListener("dragover", (event) => {
      if (!held || held === item) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "move";
      item.classList.add("drop-here");
    });
    item.addEventListener("dragleave", () => item.classList.remove("drop-here"));
    item.addEventListener("drop", (event) => {
      if (!held || held === item) return;
      event.preventDefault();
      put(held, Number(list.dataset.offset) + places().indexOf(item));
    });
  }
}
