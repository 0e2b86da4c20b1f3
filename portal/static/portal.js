// On every page: print and back buttons, the focus on what went wrong, lists that filter.
"use strict";

(() => {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.addEventListener("click", () => window.print());
  }
  const back = document.querySelector("[data-back]");
  if (back && window.history.length > 1) {
    back.hidden = false;
    back.addEventListener("click", (event) => {
      event.preventDefault();
      window.history.back();
    });
  }
  const errors = document.querySelector(".errors[role=alert]");
  if (errors) errors.focus();

  // What takes a while says so, and is not sent twice.
  for (const form of document.querySelectorAll("form[data-busy]")) {
    form.addEventListener("submit", (event) => {
      if (form.querySelector("[role=status]")) return event.preventDefault();
      const said = document.createElement("p");
      said.setAttribute("role", "status");
      said.textContent = form.dataset.busy;
      form.append(said);
      for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
    });
  }
  window.addEventListener("pageshow", () => {
    for (const said of document.querySelectorAll("form[data-busy] [role=status]")) {
      const buttons = said.parentNode.querySelectorAll("button");
      for (const button of buttons) button.removeAttribute("aria-disabled");
      said.remove();
    }
  });

  // A filter: words typed and a state chosen, both must fit. Other scripts call it after a refresh.
  const search = document.querySelector("[data-filter]");
  const chips = [...document.querySelectorAll("[data-chip]")];
  const nothing = document.querySelector(".empty[data-nothing]");
  let state = "";

  function filter() {
    const list = search && document.querySelector(search.dataset.filter);
    if (!list) return;
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of list.children) {
      const text = row.dataset.text.toLowerCase();
      const fits =
        words.every((word) => text.includes(word)) && (!state || row.dataset.state === state);
      row.hidden = !fits;
      if (fits) shown += 1;
    }
    if (nothing) nothing.hidden = shown > 0;
  }

  if (search) {
    search.addEventListener("input", filter);
    if (search.value) filter();
  }
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      state = chip.dataset.chip;
      for (const one of chips) one.setAttribute("aria-pressed", String(one === chip));
      filter();
    });
  }
  window.zhongtai = { filter };
})();
