/* The outline follows the reading. */
export function followOutline(nav) {
  const links = new Map();
  for (const link of nav.querySelectorAll("a[href^='#']")) {
    links.set(decodeURIComponent(link.hash.slice(1)), link);
  }
  const sections = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  let current = null;

  function update() {
    const line = window.innerHeight / 4;
    let here = sections[0];
    for (const section of sections) {
      if (section.getBoundingClientRect().top > line) break;
      here = section;
    }
    const link = here && links.get(here.id);
    if (!link || link === current) return;
    current?.removeAttribute("aria-current");
    link.setAttribute("aria-current", "location");
    current = link;
    const box = nav.closest("details");
    if (box && box.scrollHeight > box.clientHeight) {
      const above = link.offsetTop - box.clientHeight / 2;
      box.scrollTo({ top: above, behavior: "instant" });
    }
  }

  let waiting = false;
  window.addEventListener(
    "scroll",
    () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        update();
      });
    },
    { passive: true },
  );
  update();
}
