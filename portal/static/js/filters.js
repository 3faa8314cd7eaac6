/* How many documents the ticks and days would leave, on the button that applies them. */

const WAIT = 300;

class Count {
  constructor(button) {
    this.button = button;
    this.label = button.textContent;
    this.timer = 0;
    this.request = null;
    this.said = document.createElement("span");
    this.said.className = "visually-hidden";
    this.said.setAttribute("role", "status");
    button.after(this.said);
    document.addEventListener("change", (event) => {
      if (event.target.form === button.form) this.later();
    });
  }

  later() {
    this.request?.abort();
    this.show("");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    this.request = new AbortController();
    const { signal } = this.request;
    const address = new URL(this.button.dataset.count, document.baseURI);
    address.search = new URLSearchParams([...new FormData(this.button.form), ["page_size", "1"]]);
    try {
      const answer = await fetch(address, { signal });
      const { count } = answer.ok ? await answer.json() : {};
      if (!signal.aborted && count !== undefined) this.show(`${count} 份文件`);
    } catch {
      // Without an answer the button says what it always did.
    }
  }

  show(count) {
    this.said.textContent = count;
    this.button.textContent = count ? `${this.label}（${count}）` : this.label;
  }
}

const button = document.querySelector("button[data-count]");
if (button) new Count(button);
