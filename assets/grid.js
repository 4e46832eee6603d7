// How cells of grids are drawn: links, states with their age, and numbers with their unit.
(function () {
  "use strict";
  const h = (...parts) => window.React.createElement(...parts);
  const missing = "–";

  // The reader's decimal mark, as the settings say (assets/shell.js puts it there).
  const localised = (text) => text.replace(".", document.documentElement.dataset.decimal || ".");

  function digits(value, most) {
    const size = Math.abs(value);
    return localised(value.toFixed(size < 9.995 ? most : size < 99.95 ? Math.min(1, most) : 0));
  }

  function power(watts) {
    if (watts === null || watts === undefined) return missing;
    if (Math.abs(watts) < 999.5) return digits(watts, 0) + " W";
    return Math.abs(watts) < 999500 ? digits(watts / 1e3, 2) + " kW" : digits(watts / 1e6, 2) + " MW";
  }

  function energy(kwh) {
    if (kwh === null || kwh === undefined) return missing;
    return Math.abs(kwh) < 999.5 ? digits(kwh, 2) + " kWh" : digits(kwh / 1e3, 2) + " MWh";
  }

  function age(milliseconds) {
    const seconds = Math.max(Math.floor(milliseconds / 1000), 0);
    const minutes = Math.floor(seconds / 60), hours = Math.floor(seconds / 3600), days = Math.floor(seconds / 86400);
    if (seconds < 60) return seconds + " s";
    if (minutes < 60) return minutes + " min";
    return hours < 24 ? hours + " h " + (minutes % 60) + " min" : days + " d " + (hours % 24) + " h";
  }

  const WORDS = { live: "Live", stale: "Stale", offline: "Offline", empty: "No reading yet", off: "Switched off" };

  // A link without the router would load the whole page anew.
  function go(event, address) {
    if (event.metaKey || event.ctrlKey || event.button !== 0) return;
    event.preventDefault();
    window.dash_clientside.set_props("shell-go-location", { href: address });
  }

  function link({ value, data }) {
    const address = data.address;
    const picture = data.icon ? h("img", { src: data.icon, alt: "", className: "grid-icon" }) : null;
    return h("a", { href: address, className: "grid-link", onClick: (event) => go(event, address) }, picture, h("span", { className: "cut", title: value }, value));
  }

  function state({ value, data }) {
    const words = WORDS[value] + (data.newest && value !== "off" ? " · " + age(Date.now() - data.newest) : "");
    return h("span", { className: "grid-state" }, h("span", { className: "dot " + (value === "live" ? "live" : "old") }), words);
  }

  const renderers = { SourceLink: link, SourceState: state };
  const formatters = { power, energy, peak: (watts) => (watts === null || watts === undefined ? missing : power(watts) + "p") };
  window.dashAgGridComponentFunctions = Object.assign(window.dashAgGridComponentFunctions || {}, renderers);
  window.dashAgGridFunctions = Object.assign(window.dashAgGridFunctions || {}, formatters);
})();
