// The plan: a fetched copy opens over the page; looking again asks nobody again.
"use strict";

(() => {
  const preview = document.getElementById("preview");
  const frame = preview.querySelector("iframe");
  const title = preview.querySelector("h2");
  const open = preview.querySelector("[data-open-copy]");
  const save = preview.querySelector("[data-save-copy]");

  function show(name, url) {
    title.textContent = name;
    frame.src = `${url}#navpanes=0&view=FitH`;
    open.href = url;
    save.href = url;
    save.download = `${name}.pdf`;
    preview.showModal();
  }
  preview.querySelector("[data-close]").addEventListener("click", () => preview.close());

  function sentences(problem, word) {
    const parts = [problem.message, problem.next].filter(Boolean).map((text) => {
      const part = document.createElement("span");
      part.textContent = text;
      return part;
    });
    if (problem.detail) {
      const part = document.createElement("small");
      part.textContent = `${word}：${problem.detail}`;
      parts.push(part);
    }
    return parts;
  }

  async function get(form, button, said) {
    const answer = await fetch(button.formAction, {
      method: "POST",
      headers: { Accept: "application/pdf, application/json" },
      body: new URLSearchParams(new FormData(form)),
    });
    if (!answer.ok) {
      said.replaceChildren(...sentences(await answer.json(), said.dataset.detail));
      said.classList.add("bad");
      return "";
    }
    const clock = new Date().toLocaleTimeString("zh-CN", {
      hour: "2-digit",
      minute: "2-digit",
      timeZone: "Asia/Shanghai",
    });
    said.textContent = `${said.dataset.done} ${clock}`;
    said.classList.add("good");
    return URL.createObjectURL(await answer.blob());
  }

  const copies = new Map();
  const form = document.querySelector("[data-fetch]");
  if (!form) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    const said = button.nextElementSibling;
    const word = button.textContent;
    if (copies.has(button)) {
      show(button.dataset.name, copies.get(button));
      return;
    }
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    button.textContent = button.dataset.busy;
    said.className = "said";
    said.textContent = "";
    try {
      const url = await get(form, button, said);
      if (url) copies.set(button, url);
    } catch (_) {
      said.textContent = said.dataset.failed;
      said.classList.add("bad");
    }
    const url = copies.get(button);
    button.removeAttribute("aria-disabled");
    button.textContent = url ? button.dataset.again : word;
    button.classList.toggle("main", !url);
    if (url && !preview.open) show(button.dataset.name, url);
  });
})();
