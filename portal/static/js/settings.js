/* Sets the reader's own size and typeface before the text is drawn. Not a module: those run later. */
try {
  const chosen = JSON.parse(localStorage.getItem("reading") || "{}");
  for (const name of ["size", "face", "keys"]) {
    if (typeof chosen[name] === "string" && chosen[name]) document.documentElement.dataset[name] = chosen[name];
  }
} catch {
  // Without storage, or with something else in it, the page is set as it comes.
}
