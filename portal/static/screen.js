// The big screen: asks for its figures again every minute while it is seen.
"use strict";

(() => {
  const box = document.querySelector("[data-screen]");
  const live = document.querySelector("[data-live]");
  if (!box) return;
  const said = live.textContent;
  let at = new Date();

  async function ask() {
    try {
      const answer = await fetch(box.dataset.screen, { headers: { Accept: "text/html" } });
      if (answer.redirected) {
        window.location.reload();
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const part = fresh.getElementById("screen");
      if (!part) throw new Error("no figures");
      box.replaceChildren(part);
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
    setTimeout(round, 60000);
  }
  setTimeout(round, 60000);
})();
