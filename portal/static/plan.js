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
    frame.src = url;
    open.href = url;
    save.href = url;
    save.download = `${name}.pdf`;
    preview.showModal();
  }
  preview.querySelector("[data-close]").addEventListener("click", () => preview.close());

  for (const form of document.querySelectorAll("[data-fetch]")) {
    const button = form.querySelector("button");
    const said = form.querySelector(".said");
    const word = button.textContent;
    let url = "";

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (url) {
        show(form.dataset.name, url);
        return;
      }
      if (button.getAttribute("aria-disabled") === "true") return;
      button.setAttribute("aria-disabled", "true");
      button.textContent = button.dataset.busy;
      said.className = "said";
      said.textContent = "";
      try {
        const answer = await fetch(form.action, {
          method: "POST",
          headers: { Accept: "application/pdf, application/json" },
          body: new URLSearchParams(new FormData(form)),
        });
        if (answer.ok) {
          url = URL.createObjectURL(await answer.blob());
          const clock = new Date().toLocaleTimeString("zh-CN", {
            hour: "2-digit",
            minute: "2-digit",
            timeZone: "Asia/Shanghai",
          });
          said.textContent = `${said.dataset.done} ${clock}`;
          said.classList.add("good");
          show(form.dataset.name, url);
        } else {
          const problem = await answer.json();
          said.textContent = [problem.message, problem.next, problem.detail].join(" ").trim();
          said.classList.add("bad");
        }
      } catch (_) {
        said.textContent = said.dataset.failed;
        said.classList.add("bad");
      } finally {
        button.removeAttribute("aria-disabled");
        button.textContent = url ? button.dataset.again : word;
        button.classList.toggle("main", !url);
      }
    });
  }
})();
