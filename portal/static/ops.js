// The ops page: asks for the tiles again every five seconds while it is seen.
"use strict";

(() => {
  const box = document.querySelector("[data-poll]");
  const live = document.querySelector("[data-live]");
  if (!box) return;
  const said = live.textContent;
  let last = "";
  let at = new Date();

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
      const clock = at.toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai" });
      live.textContent = live.dataset.stale.replace("{clock}", clock);
      live.classList.add("bad");
    }
  }

  async function round() {
    if (!document.hidden) await ask();
    setTimeout(round, 5000);
  }
  setTimeout(round, 5000);
})();
