// The way between pages: the source picker, the links of the navigation, and what is remembered of them.
(function () {
  "use strict";
  const KEY = "ampra-source";
  const ALL = "all";

  const recall = () => { try { return localStorage.getItem(KEY); } catch (error) { return null; } };
  const remember = (source) => { try { localStorage.setItem(KEY, source); } catch (error) { /* not needed */ } };
  const choices = (data) => (data || []).flatMap((each) => each.items || [each]).filter((each) => each.value !== ALL);

  // "/monitor/<source_id>" and "/monitor/123" -> "123"
  function sourceIn(path, pages) {
    for (const page of pages) {
      if (!page.template) continue;
      const start = page.template.split("<")[0];
      if (path.startsWith(start) && path.length > start.length) return decodeURIComponent(path.slice(start.length));
    }
    return null;
  }
  const fill = (template, source) => template.replace(/<[^>]+>/, encodeURIComponent(source));
  const pageAt = (path, pages) =>
    pages.find((page) => (page.template ? path.startsWith(page.template.split("<")[0]) : path === page.path));

  function route(path, picked, data, pages) {
    const keep = window.dash_clientside.no_update;
    const here = sourceIn(path, pages);
    if (here) remember(here);
    const chosen = (window.dash_clientside.callback_context.triggered[0] || {}).prop_id === "shell-source-picker.value";
    if (!chosen || !picked || picked === (here || ALL)) return [here || ALL, keep];
    if (picked === ALL) return [keep, "/"];
    const page = pageAt(path, pages);
    const template = page && page.template ? page.template : (pages.find((each) => each.template) || {}).template;
    return [keep, template ? fill(template, picked) : keep];
  }

  function links(path, data, ids, pages) {
    const known = choices(data).map((each) => each.value);
    const wanted = sourceIn(path, pages) || recall();
    const source = known.includes(wanted) || !known.length ? wanted : known[0];
    const active = pageAt(path, pages);
    const byModule = Object.fromEntries(pages.map((page) => [page.module, page]));
    const addresses = ids.map((id) => {
      const page = byModule[id.page];
      return page.template ? (source ? fill(page.template, source) : "/") : page.path;
    });
    return [addresses, ids.map((id) => "nav-link" + (active && active.module === id.page ? " active" : ""))];
  }

  const scheme = () => window.ampraScheme.shown();
  // The scheme of the settings, taken once in each browser when it changes; the menu's is this browser's own.
  function theme(choice) {
    const keep = window.dash_clientside.no_update;
    if (!choice) return keep;
    try {
      if ((localStorage.getItem("ampra-theme") || "auto") === choice) return keep;
      localStorage.setItem("ampra-theme", choice);
    } catch (error) { return keep; }
    window.ampraScheme.choose(choice);
    return keep;
  }
  function choose(value) {
    theme(["auto", "light", "dark"][Number(value)]);
    return window.dash_clientside.no_update;
  }
  // The reader's decimal mark for what is written here, remembered so that the first grid of a visit has it.
  function numbers(mark) {
    if (mark) {
      document.documentElement.dataset.decimal = mark;
      try { localStorage.setItem("ampra-decimal", mark); } catch (error) { /* Then it comes with the page. */ }
    }
    return window.dash_clientside.no_update;
  }
  try { document.documentElement.dataset.decimal = localStorage.getItem("ampra-decimal") || "."; } catch (error) { /* As above. */ }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    shell: { route, links, scheme, theme, choose, numbers },
  });

  // A choice of the source picker, for Mantine: its name, cut where it is too long.
  window.dashMantineFunctions = Object.assign({}, window.dashMantineFunctions, {
    sourceOption: ({ option, checked }) =>
      window.React.createElement("span", { className: "source-option" + (checked ? " strong" : "") }, option.label),
  });

  // Menus put their state on a box around the button, where screen readers may not have it: the button gets it.
  function moveState(box) {
    const button = box.matches("div[aria-haspopup]") && box.querySelector("button");
    if (!button) return;
    for (const name of ["aria-haspopup", "aria-expanded", "aria-controls"]) {
      if (!box.hasAttribute(name)) continue;
      button.setAttribute(name, box.getAttribute(name));
      box.removeAttribute(name);
    }
  }
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") {
        if (change.target.hasAttribute("aria-expanded") && change.target.matches("div[id$='-target']")) {
          change.target.setAttribute("aria-haspopup", "menu");
          moveState(change.target);
        }
      } else change.addedNodes.forEach((node) => node.querySelectorAll && node.querySelectorAll("div[aria-haspopup]").forEach(moveState));
    }
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-expanded"] });

  document.addEventListener("visibilitychange", () => {
    const set = window.dash_clientside.set_props;
    if (set && document.querySelector(".shell-main")) set("shell-visible-store", { data: !document.hidden });
  });
})();
