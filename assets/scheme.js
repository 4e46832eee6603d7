// Light, dark or as the system: remembered under Mantine's own key, and told to the figures.
(function () {
  "use strict";
  const KEY = "mantine-color-scheme-value";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;

  const stored = () => {
    try { return localStorage.getItem(KEY) || "auto"; } catch (error) { return "auto"; }
  };
  const shown = () => (root.getAttribute("data-mantine-color-scheme") === "dark" ? "dark" : "light");

  function apply(choice) {
    const scheme = choice === "auto" ? (system.matches ? "dark" : "light") : choice;
    if (shown() !== scheme) root.setAttribute("data-mantine-color-scheme", scheme);
    if (window.dash_clientside && window.dash_clientside.set_props) {
      window.dash_clientside.set_props("shell-scheme-store", { data: scheme });
    }
  }

  function choose(choice) {
    try { localStorage.setItem(KEY, choice); } catch (error) { /* private windows may refuse; the choice holds until reload */ }
    apply(choice);
  }

  document.addEventListener("click", (event) => {
    const control = event.target.closest("[data-scheme]");
    if (!control) return;
    const choice = control.getAttribute("data-scheme");
    choose(choice === "toggle" ? (shown() === "dark" ? "light" : "dark") : choice);
  });
  // Mantine follows the system by itself even where the person chose; the choice is put back.
  system.addEventListener("change", () => setTimeout(() => apply(stored()), 0));
  window.addEventListener("storage", (event) => { if (event.key === KEY) apply(stored()); });
  window.ampraScheme = { shown, choose };
})();
