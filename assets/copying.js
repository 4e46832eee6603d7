// Buttons that copy a text, hide a secret, or save a text as a file; by delegation, so pages need no callback.
(function () {
  "use strict";
  const SHOWN_MILLISECONDS = 1600;

  function copyOldWay(text) {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  // The clipboard of browsers is for https and localhost; elsewhere the old way still works.
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch (error) {
      copyOldWay(text);
    }
  }

  function save(name, content) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type: "text/plain" }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  function confirm(button) {
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), SHOWN_MILLISECONDS);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-save], [data-reveal]");
    if (!button) return;
    if (button.dataset.copy !== undefined) copy(button.dataset.copy).then(() => confirm(button));
    if (button.dataset.save !== undefined) save(button.dataset.save, button.dataset.content);
    if (button.dataset.reveal !== undefined) button.closest(".copy-value").classList.toggle("hidden");
  });
})();
