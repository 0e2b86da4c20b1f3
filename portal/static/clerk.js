// The form for a new case: item suggestions by keyboard, and the number checked while typed.
"use strict";

(() => {
  const form = document.querySelector("[data-open]");
  const input = form.querySelector("[data-suggest]");
  const code = form.querySelector("[data-code]");
  const chosenFor = form.querySelector("[data-for]");
  const list = document.getElementById("item-list");
  const said = form.querySelector("[data-said]");
  const token = form.elements.form_token.value;
  let rows = [];
  let active = -1;
  let asked = 0;
  let timer = 0;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(index) {
    active = index;
    [...list.children].forEach((one, i) => one.setAttribute("aria-selected", String(i === index)));
    const option = list.children[index];
    if (!option) return;
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function choose(index) {
    const row = rows[index];
    if (!row) return;
    input.value = row.name;
    code.value = row.code;
    chosenFor.value = row.name;
    said.textContent = "";
    close();
    form.elements.applicant_number.focus();
  }

  function option(row, index) {
    const item = document.createElement("li");
    item.id = `item-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const name = document.createElement("b");
    name.textContent = row.name;
    const more = document.createElement("small");
    more.textContent = [row.department, row.place, row.code].filter(Boolean).join(" · ");
    item.append(name, more);
    item.addEventListener("mousedown", (event) => {
      event.preventDefault();
      choose(index);
    });
    return item;
  }

  function show() {
    list.replaceChildren(...rows.map(option));
    list.hidden = rows.length === 0;
    input.setAttribute("aria-expanded", String(rows.length > 0));
    said.textContent = rows.length
      ? input.dataset.found.replace("{n}", rows.length)
      : input.dataset.nothing;
    said.classList.toggle("unseen", rows.length > 0);
    if (rows.length) mark(0);
  }

  // What takes long, or cannot be found out, is said where the list would be.
  function tell(words) {
    close();
    said.textContent = words;
    said.classList.remove("unseen");
  }

  async function find(text) {
    const answer = await fetch(input.dataset.suggest, {
      method: "POST",
      headers: { "X-Form-Token": token, Accept: "application/json" },
      body: new URLSearchParams({ item_text: text }),
    });
    const told = await answer.json();
    if (answer.ok) return [told, ""];
    return [[], [told.message, told.next].join(document.documentElement.lang === "en" ? " " : "")];
  }

  async function ask() {
    const text = input.value.trim();
    asked += 1;
    const mine = asked;
    if (!text) {
      rows = [];
      said.textContent = "";
      close();
      return;
    }
    const late = setTimeout(() => mine === asked && tell(input.dataset.busy), 400);
    const [found, wrong] = await find(text).catch(() => [[], input.dataset.failed]);
    clearTimeout(late);
    if (mine !== asked) return;
    rows = found;
    if (wrong) tell(wrong);
    else if (document.activeElement === input) show();
    else said.textContent = "";
  }

  input.addEventListener("input", (event) => {
    code.value = "";
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, 120);
  });
  input.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" && list.hidden && rows.length) show();
    else if (event.key === "ArrowDown" && !list.hidden) mark((active + 1) % rows.length);
    else if (event.key === "ArrowUp" && !list.hidden) mark((active - 1 + rows.length) % rows.length);
    else if (event.key === "Enter" && !list.hidden) choose(active);
    else if (event.key === "Escape" && !list.hidden) close();
    else return;
    event.preventDefault();
  });

  // The number: the same two checks as the server's, so that a slip shows at once.
  const number = form.querySelector("[data-number]");
  const checked = form.querySelector("[data-checked]");
  const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";

  function citizen(text) {
    if (!/^\d{17}[\dX]$/.test(text)) return false;
    const sum = [...text.slice(0, 17)].reduce((s, d, i) => s + Number(d) * (2 ** (17 - i) % 11), 0);
    return "10X98765432"[sum % 11] === text[17];
  }

  function organisation(text) {
    const places = [...text].map((one) => ALPHABET.indexOf(one));
    if (text.length !== 18 || places.includes(-1)) return false;
    const sum = places.slice(0, 17).reduce((s, v, i) => s + v * (3 ** i % 31), 0);
    return (31 - (sum % 31)) % 31 === places[17];
  }

  // The card reader of this machine: asked at the press of its button only, never by itself.
  const reader = form.querySelector("[data-reader]");

  async function readCard(told) {
    const { reader: address, token: shown } = reader.dataset;
    const answer = await fetch(address, { method: "POST", headers: { "X-Reader-Token": shown } });
    const card = await answer.json();
    if (!answer.ok) return { no_reader: told.noReader, no_card: told.noCard }[card.error] || told.refused;
    number.value = card.number;
    form.elements.applicant_name.value = card.name;
    number.dispatchEvent(new Event("input"));
    return "";
  }

  if (reader) {
    const [button, status] = reader.children;
    button.addEventListener("click", async () => {
      if (button.getAttribute("aria-disabled") === "true") return;
      button.setAttribute("aria-disabled", "true");
      status.className = "";
      status.textContent = reader.dataset.busy;
      let wrong = "";
      try {
        wrong = await readCard(reader.dataset);
      } catch (_) {
        wrong = reader.dataset.away;
      }
      status.textContent = wrong || reader.dataset.done;
      status.className = wrong ? "bad" : "good";
      button.removeAttribute("aria-disabled");
      if (!wrong) form.querySelector("button.main").focus();
    });
  }

  number.addEventListener("input", () => {
    const text = number.value.trim().toUpperCase().replace(/[\s-]/g, "");
    // One in 31 citizens' numbers passes the other check, too: the first one counts, as on the server.
    const kind = citizen(text) ? "person" : organisation(text) ? "organisation" : "";
    checked.textContent = kind && number.dataset[kind];
  });
})();
