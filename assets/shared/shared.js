// Shared pages: asks what is new, draws views with the figures of the server, and turns them on a wall screen.
// It stands in for Dash, so that live.js fills and draws these pages as it does the owner's.
(function () {
  "use strict";
  const SECOND = 1000;
  const body = document.body;
  if (!body.dataset.shared) return;
  const base = body.dataset.shared;
  const poll = Number(body.dataset.poll) * SECOND;
  const kiosk = () => body.classList.contains("kiosk");
  const root = document.documentElement;
  const scheme = () => (root.getAttribute("data-mantine-color-scheme") === "dark" ? "dark" : "light");
  const tabs = [...document.querySelectorAll("[data-tab]")];
  const views = [...document.querySelectorAll("[data-view-of]")].map((each) => each.dataset.viewOf);
  const drawn = {}; // per view: when it was drawn, in which scheme, and its mark
  const state = { view: body.dataset.view, failures: 0, quietUntil: 0, busy: new Set(), plotly: null };
  const CONFIG = { displayModeBar: false, responsive: true, doubleClick: false, showTips: false };
  const OLD = 60 * SECOND; // views whose figures change slowly are asked for again after so long

  window.dash_clientside = {
    no_update: {},
    set_props: (id) => { if (id === "monitor-turn-store") load("now"); },
  };

  const address = (name, more) => {
    const asked = new URLSearchParams(more);
    if (body.dataset.source) asked.set("source", body.dataset.source);
    const words = asked.toString();
    return `${base}/${name}${words ? `?${words}` : ""}`;
  };

  // ---- asking -----------------------------------------------------------------------------------------------------

  async function ask(name, more) {
    let answer = null;
    try {
      answer = await fetch(address(name, more), { credentials: "omit", cache: "no-cache" });
    } catch (error) {
      fail();
      return null;
    }
    // Not shared any more: what the server says of that stands in for the whole page.
    if (answer.status === 404) { location.reload(); return null; }
    if (answer.status === 429) state.quietUntil = Date.now() + Number(answer.headers.get("Retry-After") || 30) * SECOND;
    if (!answer.ok) { fail(); return null; }
    state.failures = 0;
    document.querySelector(".shared-silent").hidden = true;
    return answer.json();
  }

  function fail() {
    state.failures += 1;
    if (state.failures > 2) document.querySelector(".shared-silent").hidden = false;
  }

  // One of a kind at a time: a slow server is not asked again before it answered.
  async function once(name, work) {
    if (state.busy.has(name) || Date.now() < state.quietUntil) return;
    state.busy.add(name);
    try { await work(); } finally { state.busy.delete(name); }
  }

  function fill(slots) {
    for (const [name, html] of Object.entries(slots || {})) {
      const slot = document.querySelector(`[data-slot="${name}"]`);
      if (!slot || slot.filledWith === html) continue;
      slot.querySelectorAll(".js-plotly-plot").forEach((plot) => window.Plotly && window.Plotly.purge(plot));
      slot.innerHTML = html;
      slot.filledWith = html;
      slot.classList.remove("shared-waiting");
    }
  }

  const refresh = () => once("live", async () => {
    const found = await ask("live.json");
    if (!found) return;
    fill(found.slots);
    if (found.texts && window.dash_clientside.live) window.dash_clientside.live.apply(found);
  });

  // ---- views ------------------------------------------------------------------------------------------------------

  function library() {
    if (!state.plotly) {
      state.plotly = new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = body.dataset.plotly;
        script.onload = done;
        script.onerror = () => { state.plotly = null; script.remove(); failed(new Error("no library")); };
        document.head.appendChild(script);
      });
    }
    return state.plotly;
  }

  const load = (name) => once(`view ${name}`, async () => {
    const wanted = scheme();
    const found = await ask("view.json", { view: name, scheme: wanted });
    if (!found) return;
    fill(found.slots);
    const section = document.querySelector(`[data-view-of="${name}"]`);
    if (Object.keys(found.figures).length) {
      try { await library(); } catch (error) { fail(); return; }
    }
    // What is hidden has no width to draw in; it is drawn when its turn comes.
    if (section.hidden) return;
    for (const [figure, content] of Object.entries(found.figures)) {
      const place = section.querySelector(`[data-figure="${figure}"]`);
      // The same plot is given new data: nothing is made anew, so nothing is left behind.
      if (place) await window.Plotly.react(place, content.data, content.layout, CONFIG);
    }
    drawn[name] = { at: Date.now(), scheme: wanted };
  });

  function draw(name) {
    const before = drawn[name];
    if (!before || before.scheme !== scheme() || (name !== "now" && Date.now() - before.at > OLD)) return load(name);
    return Promise.resolve();
  }

  function show(name) {
    if (!views.includes(name)) return Promise.resolve();
    state.view = name;
    document.querySelectorAll("[data-view-of]").forEach((each) => { each.hidden = each.dataset.viewOf !== name; });
    tabs.forEach((each) => {
      if (each.dataset.tab === name) each.setAttribute("aria-current", "page");
      else each.removeAttribute("aria-current");
    });
    document.querySelectorAll(`[data-view-of="${name}"] .js-plotly-plot`).forEach((plot) => window.Plotly.Plots.resize(plot));
    return draw(name);
  }

  tabs.forEach((each) => each.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    history.replaceState(null, "", each.getAttribute("href"));
    show(each.dataset.tab);
  }));

  function open(event) {
    const card = event.target.closest && event.target.closest("main [data-source]");
    if (card && (event.type === "click" || event.key === "Enter")) location.search = `source=${card.dataset.source}${kiosk() ? "&kiosk=1" : ""}`;
  }
  document.addEventListener("click", open);
  document.addEventListener("keydown", open);
  new MutationObserver(() => draw(state.view)).observe(root, { attributeFilter: ["data-mantine-color-scheme"] });

  // ---- the wall screen --------------------------------------------------------------------------------------------

  const full = document.querySelector("[data-full]");
  if (full) {
    full.addEventListener("click", (event) => {
      event.preventDefault();
      history.replaceState(null, "", full.getAttribute("href"));
      body.classList.add("kiosk");
      if (root.requestFullscreen) root.requestFullscreen().catch(() => {});
      stayAwake();
      show(state.view);
    });
  }
  document.addEventListener("fullscreenchange", () => {
    if (document.fullscreenElement) return;
    body.classList.remove("kiosk");
    show(state.view);
  });

  function stayAwake() {
    if (navigator.wakeLock && !document.hidden) navigator.wakeLock.request("screen").catch(() => {});
  }

  const turn = () => show(views[(views.indexOf(state.view) + 1) % views.length]);

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    refresh();
    draw(state.view);
    if (kiosk()) stayAwake();
  });
  setInterval(() => { if (!document.hidden || kiosk()) { refresh(); draw(state.view); } }, poll);
  setInterval(() => { if (kiosk() && views.length > 1) turn(); }, Number(body.dataset.turn) * SECOND);
  if (kiosk()) stayAwake();
  addEventListener("DOMContentLoaded", () => { refresh(); if (views.length) draw(state.view); });
  window.ampraShared = { refresh, load, turn, shown: () => state.view };
})();
