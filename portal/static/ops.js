// Pages of operations: what runs now as it is told, the tiles anew when something changed.
"use strict";

(() => {
  const box = document.querySelector("[data-poll]");
  const live = document.querySelector("[data-live]");
  const now = document.querySelector("[data-stream]");
  const said = live ? live.textContent : "";
  let last = "";
  let at = new Date();
  let told = false; // whether events come: then the tiles are asked for seldom
  let before = null; // names of the runs of the last event

  function numbers() {
    const counts = {};
    for (const tile of box.querySelectorAll("[data-state]")) {
      counts[tile.dataset.state] = (counts[tile.dataset.state] || 0) + 1;
    }
    for (const chip of document.querySelectorAll("[data-chip]")) {
      const all = box.querySelectorAll("[data-state]").length;
      chip.querySelector("b").textContent = chip.dataset.chip ? counts[chip.dataset.chip] || 0 : all;
    }
  }

  function put(text) {
    if (text === last) return;
    last = text;
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const list = fresh.getElementById("tiles");
    const summary = fresh.querySelector("[data-summary]");
    if (!list) return;
    const focused = document.activeElement && document.activeElement.id;
    box.querySelector("#tiles").replaceWith(list);
    const old = box.querySelector("[data-summary]");
    if (summary && old.textContent !== summary.textContent) old.textContent = summary.textContent;
    numbers();
    window.zhongtai.filter();
    const again = focused && document.getElementById(focused);
    if (again) again.focus({ preventScroll: true });
  }

  function stale() {
    if (!live) return;
    const clock = at.toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai" });
    live.textContent = live.dataset.stale.replace("{clock}", clock);
    live.classList.add("bad");
  }

  async function ask() {
    try {
      const answer = await fetch(box.dataset.poll, { headers: { Accept: "text/html" } });
      if (answer.redirected) {
        window.location.reload();
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      put(await answer.text());
      at = new Date();
      live.textContent = said;
      live.classList.remove("bad");
    } catch (_) {
      stale();
    }
  }

  function line(run) {
    const row = document.createElement("li");
    const name = document.createElement("b");
    const counts = { rows: run.rows, stored: run.stored, refused: run.refused };
    name.textContent = run.name;
    const words = now.dataset.row.replace(/\{(\w+)\}/g, (_, key) =>
      counts[key].toLocaleString("zh-CN"),
    );
    row.append(name, ` ${run.stream} ${words}`);
    return row;
  }

  // A page of one system is read anew when its run has ended, unless somebody is writing on it.
  function ended() {
    const field = document.activeElement;
    const writing = field && field.matches("input") && field.value;
    if (now.hasAttribute("data-reload") && !writing) window.location.reload();
  }

  function show(runs) {
    const names = runs.map((run) => run.run + run.system).join(" ");
    now.querySelector("[data-now]").replaceChildren(...runs.map(line));
    now.hidden = runs.length === 0;
    if (before !== null && names !== before) {
      if (box) ask();
      if (!names) ended();
    }
    before = names;
  }

  if (now) {
    const source = new EventSource(now.dataset.stream);
    source.addEventListener("runs", (event) => {
      told = true;
      show(JSON.parse(event.data));
    });
    source.addEventListener("away", () => {
      stale();
      if (!live) now.hidden = true; // better nothing than counts that stand still
    });
    source.addEventListener("gone", () => {
      source.close();
      window.location.reload();
    });
    source.addEventListener("error", () => {
      told = false;
      now.hidden = true;
    });
  }

  let waited = 0;
  async function round() {
    waited += 5;
    if (!document.hidden && (!told || waited >= 30)) {
      waited = 0;
      await ask();
    }
    setTimeout(round, 5000);
  }
  if (box) setTimeout(round, 5000);
})();
