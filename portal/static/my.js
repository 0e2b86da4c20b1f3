// The code's time runs down; without script its end stands there as a time.
"use strict";

(() => {
  const left = document.querySelector("[data-ends]");
  const ends = Number(left.dataset.ends) * 1000;
  let timer = 0;

  function tell() {
    const seconds = Math.max(0, Math.round((ends - Date.now()) / 1000));
    const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    left.textContent = seconds ? left.dataset.left.replace("{clock}", clock) : left.dataset.over;
    document.querySelector(".code-card").classList.toggle("is-over", seconds === 0);
    if (!seconds) clearInterval(timer);
  }
  timer = setInterval(tell, 1000);
  tell();
})();
