/* The original's page beside the text follows the reading; its buttons turn pages and the text along. */
export function followOriginal(pane) {
  const image = pane.querySelector("img");
  const last = Number(pane.dataset.last);
  const marks = [...document.querySelectorAll("[data-page]")];
  let shown = Number(pane.dataset.original);
  let here = null;

  function show(number) {
    if (number === shown) return;
    shown = number;
    // Until the picture is there the one before stands under the new number: it must not pass for it.
    image.parentElement.ariaBusy = "true";
    image.src = `${pane.dataset.address}pages/${number}.png`;
    image.alt = `原件第 ${number} 页的图像`;
    image.parentElement.scrollTop = 0;
    pane.querySelector("[data-number]").textContent = number;
    pane.querySelector("[data-whole]").hash = `page=${number}`;
    const address = new URL(location.href);
    address.searchParams.set("original", number);
    history.replaceState(null, "", address);
  }

  function update() {
    // Above the text, on a narrow screen, the page covers the top of it.
    const { bottom, width } = pane.getBoundingClientRect();
    const line = width > window.innerWidth * 0.7 ? bottom + 120 : window.innerHeight / 3;
    let mark = marks[0];
    for (const each of marks) {
      if (each.getBoundingClientRect().top > line) break;
      mark = each;
    }
    if (!mark || mark === here) return;
    const first = here === null;
    here = mark;
    // A page in which no section begins was asked for by its number: it stays until the reader moves on.
    if (!first || !location.search.includes("original=")) show(Number(mark.dataset.page));
  }

  pane.addEventListener("click", (event) => {
    const turn = event.target.closest("[data-turn]");
    if (!turn || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const number = Math.min(Math.max(shown + Number(turn.dataset.turn), 1), last);
    show(number);
    const mark = document.getElementById(`page-${number}`);
    if (!mark) return;
    here = mark;
    mark.scrollIntoView({ block: "start", behavior: "instant" });
  });

  image.addEventListener("load", () => {
    image.parentElement.ariaBusy = "false";
  });
  // The server draws a page when it is first asked for: scrolling past fifty should not ask for fifty.
  let pause = 0;
  const later = () => {
    clearTimeout(pause);
    pause = setTimeout(update, 200);
  };
  window.addEventListener("scroll", later, { passive: true });
  update();
}
