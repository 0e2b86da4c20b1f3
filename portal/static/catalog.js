// Pages of forms and of the catalogue: copy a value, answer a question by key, tick all.
"use strict";

(() => {
  // The clipboard is closed to pages over plain HTTP: then the text is selected and copied.
  async function copied(box) {
    try {
      await navigator.clipboard.writeText(box.textContent);
      return true;
    } catch (_) {
      const range = document.createRange();
      range.selectNodeContents(box);
      const chosen = window.getSelection();
      chosen.removeAllRanges();
      chosen.addRange(range);
      return document.execCommand("copy");
    }
  }

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      const done = await copied(document.getElementById(button.dataset.copy));
      button.textContent = done ? button.dataset.done : button.dataset.failed;
      button.classList.toggle("is-done", done);
    });
  }

  const all = document.querySelector("[data-all]");
  if (all) {
    all.addEventListener("change", () => {
      for (const box of document.querySelectorAll(all.dataset.all)) box.checked = all.checked;
    });
  }

  // A key chooses an answer; it never sends one. Not while somebody types.
  const keyed = document.querySelector("form[data-keys]");
  if (keyed) {
    document.addEventListener("keydown", (event) => {
      const busy = event.ctrlKey || event.altKey || event.metaKey || event.isComposing;
      const typing = event.target.matches("input[type=text], input[type=search], textarea, select");
      const option = keyed.querySelector(`input[data-key="${CSS.escape(event.key)}"]`);
      if (busy || typing || !option) return;
      option.checked = true;
      option.focus();
      option.dispatchEvent(new Event("change", { bubbles: true }));
      event.preventDefault();
    });
  }
})();
