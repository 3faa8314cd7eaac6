/* What is typed into a form stays in this tab until it was sent, so that an interruption loses nothing. */
const PREFIX = "draft:";
const SECRET = "[type=hidden], [type=password], [type=file], [type=submit], [type=button]";
const FIELDS = `textarea, select, input:not(${SECRET})`;
const TEXT = `textarea, input:not(${SECRET}, [type=checkbox], [type=radio])`;
const TICKED = "[type=checkbox], [type=radio]";

const keyOf = (form) => `${PREFIX}${location.pathname}|${new URL(form.action, location.href).pathname}`;
/* A form without a line to write, a list and its button, is done again sooner than it is offered. */
const fieldsOf = (form) =>
  form.querySelector(TEXT) ? [...form.querySelectorAll(FIELDS)].filter((field) => field.name) : [];
const nameOf = (field) => (field.matches(TICKED) ? `${field.name}=${field.value}` : field.name);
const valueOf = (field) => (field.matches(TICKED) ? field.checked : field.value);
const drafts = () => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));

/* What the page came with; a list without a chosen entry shows its first. */
function givenOf(field) {
  if (field.matches(TICKED)) return field.defaultChecked;
  if (!field.matches("select")) return field.defaultValue;
  return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? "";
}

function restore(field, value) {
  if (field.matches(TICKED)) field.checked = value;
  else field.value = value;
}

function keep({ target }) {
  const form = target.form;
  if (!form || form.method !== "post" || !target.matches(FIELDS)) return;
  const changed = fieldsOf(form).filter((field) => valueOf(field) !== givenOf(field));
  const values = Object.fromEntries(changed.map((field) => [nameOf(field), valueOf(field)]));
  try {
    if (changed.length) sessionStorage.setItem(keyOf(form), JSON.stringify({ values }));
    else sessionStorage.removeItem(keyOf(form));
  } catch {
    // Storage is full or forbidden: the form is as safe as the browser makes it.
  }
}

/* Sent is not yet arrived: the next page that is no interruption tells. */
function sent({ target }) {
  if (target.matches("[action*='/logout/']")) drafts().forEach((key) => sessionStorage.removeItem(key));
  const kept = sessionStorage.getItem(keyOf(target));
  if (kept) sessionStorage.setItem(keyOf(target), JSON.stringify({ ...JSON.parse(kept), sent: true }));
}

function offer(form, key) {
  const { values } = JSON.parse(sessionStorage.getItem(key));
  const lost = fieldsOf(form).filter((field) => (values[nameOf(field)] ?? valueOf(field)) !== valueOf(field));
  if (!lost.length) return;
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.setAttribute("role", "status");
  notice.append("上次在这里填写的内容没有保存。");
  for (const [name, restores] of [["填回来", true], ["不要了", false]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-small";
    button.textContent = name;
    button.addEventListener("click", () => {
      if (restores) for (const field of lost) restore(field, values[nameOf(field)]);
      else sessionStorage.removeItem(key);
      notice.remove();
      lost[0].closest("details")?.setAttribute("open", "");
      lost[0].focus();
    });
    notice.append(" ", button);
  }
  form.prepend(notice);
  form.closest("details")?.setAttribute("open", "");
}

/* What was sent has arrived when a page comes that is no interruption; otherwise it is held again. */
function settle() {
  // Coming back from the browser's own page that says the connection broke is no arrival either.
  const { type } = performance.getEntriesByType("navigation")[0];
  const arrived = type === "navigate" && !document.querySelector("[data-interrupted]");
  for (const key of drafts()) {
    const { values, sent: waits } = JSON.parse(sessionStorage.getItem(key));
    if (!waits) continue;
    if (arrived) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify({ values }));
  }
}

try {
  settle();
  for (const form of document.forms) {
    if (form.method === "post" && sessionStorage.getItem(keyOf(form))) offer(form, keyOf(form));
  }
  document.addEventListener("input", keep);
  document.addEventListener("submit", sent);
} catch {
  // Without storage there is nothing to keep things in.
}
