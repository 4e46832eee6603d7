// The range of Monitor: chosen by its bar or a bar of the chart, kept in the address, and shown by the bar.
(function () {
  "use strict";
  const keep = () => window.dash_clientside.no_update;
  const set = (id, properties) => window.dash_clientside.set_props(id, properties);
  let range = null; // what the server drew last

  // ---- dates ------------------------------------------------------------------------------------------------------

  const parsed = (day) => new Date(`${day}T12:00:00Z`);
  const iso = (date) => date.toISOString().slice(0, 10);
  function plusDays(day, count) {
    const date = parsed(day);
    date.setUTCDate(date.getUTCDate() + count);
    return iso(date);
  }
  // The same day of another month or year, or its last one: 31 March - 1 month is 28 February.
  function plusMonths(day, count) {
    const date = parsed(day);
    const wanted = date.getUTCDate();
    date.setUTCDate(1);
    date.setUTCMonth(date.getUTCMonth() + count + 1, 0);
    date.setUTCDate(Math.min(wanted, date.getUTCDate()));
    return iso(date);
  }
  const length = (from, to) => Math.round((parsed(to) - parsed(from)) / 86400000) + 1;

  // ---- choosing ---------------------------------------------------------------------------------------------------

  function step(choice, by) {
    if (choice.kind === "all") return null;
    if (choice.kind === "custom") {
      const days = length(choice.from, choice.to) * by;
      return Object.assign({}, choice, { from: plusDays(choice.from, days), to: plusDays(choice.to, days) });
    }
    const day = choice.date || range.today;
    const moved = {
      day: () => plusDays(day, by),
      week: () => plusDays(day, 7 * by),
      month: () => plusMonths(day, by),
      year: () => plusMonths(day, 12 * by),
    }[choice.kind]();
    return Object.assign({}, choice, { date: moved });
  }

  function ofKind(choice, kind) {
    if (kind === choice.kind) return null;
    // Where one already was; of a range without a day of its own, today where it holds it.
    const holdsToday = range.first <= range.today && range.today <= range.last;
    const day = choice.date ? choice.date : holdsToday ? null : range.last;
    if (kind !== "custom") return Object.assign({}, choice, { kind, date: day, from: null, to: null });
    const to = range.last < range.today ? range.last : range.today;
    const from = range.first < to && choice.kind !== "all" ? range.first : plusDays(to, -29);
    return Object.assign({}, choice, { kind, date: null, from, to });
  }

  function ofBar(choice, click, figure) {
    const bars = (figure && figure.layout && figure.layout.meta && figure.layout.meta.bars) || [];
    const point = click && click.points && click.points[0];
    const bar = point && bars[point.pointNumber];
    if (!bar || bar[1] > range.today) return null;
    return Object.assign({}, choice, { kind: bar[0], date: bar[1], from: null, to: null });
  }

  function choose(kind, _back, _forward, _today, picked, span, compare, click, choice, shown, figure) {
    if (!shown || !choice) return keep();
    range = shown;
    const trigger = ((window.dash_clientside.callback_context.triggered[0] || {}).prop_id || "").split(".")[0];
    const wanted = {
      "monitor-range-kind": () => ofKind(choice, kind),
      "monitor-back-button": () => step(choice, -1),
      "monitor-forward-button": () => step(choice, 1),
      "monitor-today-button": () => Object.assign({}, choice, { date: null, kind: choice.kind === "custom" ? "day" : choice.kind, from: null, to: null }),
      "monitor-day-picker": () => choice.kind === "day" && picked && Object.assign({}, choice, { date: picked }),
      "monitor-span-picker": () =>
        choice.kind === "custom" && span && span[0] && span[1] && Object.assign({}, choice, { from: span[0], to: span[1] }),
      "monitor-compare-select": () => Object.assign({}, choice, { compare }),
      "monitor-day-chart": () => ofBar(choice, click, figure),
    }[trigger];
    const made = wanted && wanted();
    if (!made) return keep();
    if ((made.date || "") >= range.today) made.date = null;
    if (made.to && made.to > range.today) return keep();
    const fresh = address(made);
    if (fresh === location.pathname + location.search) return keep();
    history.pushState(history.state, "", fresh);
    return made;
  }

  // ---- the address ------------------------------------------------------------------------------------------------

  function query(choice) {
    const words = new URLSearchParams();
    if (choice.kind !== "day") words.set("range", choice.kind);
    if (choice.kind === "custom") {
      words.set("from", choice.from);
      words.set("to", choice.to);
    } else if (choice.date && choice.kind !== "all") words.set("date", choice.date);
    if (choice.compare && choice.compare !== "none") words.set("compare", choice.compare);
    return words.toString();
  }
  const address = (choice) => location.pathname + (query(choice) ? `?${query(choice)}` : "");

  window.addEventListener("popstate", () => {
    if (!document.getElementById("monitor-day-chart")) return;
    const words = new URLSearchParams(location.search);
    const custom = words.get("range") === "custom";
    set("monitor-choice-store", {
      data: {
        kind: words.get("range") || "day", date: words.get("date"), compare: words.get("compare") || "none",
        from: custom ? words.get("from") : null, to: custom ? words.get("to") : null,
      },
    });
  });

  // ---- showing ----------------------------------------------------------------------------------------------------

  function showKind(choice) {
    const page = document.querySelector('[data-part="monitor-page"]');
    if (page) page.dataset.kind = choice.kind;
    set("monitor-range-kind", { value: choice.kind });
    set("monitor-compare-select", { value: choice.compare || "none" });
  }

  function show(shown, choice, source) {
    if (choice) showKind(choice);
    if (!shown) return [true, true, true, keep(), keep()];
    range = shown;
    if (shown.kind === "day") set("monitor-day-picker", { value: shown.first });
    if (shown.kind === "custom") set("monitor-span-picker", { value: [shown.first, shown.last] });
    const level = shown.kind === "day" ? "5m" : "days";
    for (const kind of ["csv", "xlsx"]) {
      document.querySelectorAll(`[data-part="export-${kind}"]`).forEach((link) => {
        const words = new URLSearchParams({ level, format: kind, from: shown.first, to: shown.last });
        link.href = `/telemetry/${encodeURIComponent(source)}/export?${words}`;
      });
    }
    const holdsToday = shown.last >= shown.today;
    const isAll = shown.kind === "all";
    return [isAll, isAll || holdsToday, holdsToday && shown.kind !== "custom", shown.today, shown.today];
  }

  // The table is asked for while it is open, and again when another time is shown.
  function tabled(clicks, shown) {
    const open = Boolean((clicks || 0) % 2);
    return [open && shown ? shown : keep(), open ? "table-view" : "table-view gone", open ? "true" : "false"];
  }

  // Which of many buttons was clicked, as the parts of its id; buttons that only came to be were not.
  function clicked() {
    const trigger = window.dash_clientside.callback_context.triggered[0];
    if (!trigger || !trigger.value) return keep();
    const identity = JSON.parse(trigger.prop_id.replace(/\.n_clicks$/, ""));
    return Object.assign(identity, { at: Date.now() });
  }

  // ---- chart tools ------------------------------------------------------------------------------------------------

  const card = (name) => document.querySelector(`[data-part="${name}-card"]`);

  function savePicture(name) {
    const graph = card(name) && card(name).querySelector(".js-plotly-plot");
    if (!graph || !window.Plotly) return;
    const title = (card(name).querySelector("h2") || {}).textContent || "chart";
    const paper = getComputedStyle(document.body).getPropertyValue("--card").trim();
    const layout = Object.assign({}, graph.layout, { paper_bgcolor: paper });
    window.Plotly.downloadImage(
      { data: graph.data, layout, config: {} },
      { format: "png", scale: 2, width: graph.clientWidth, height: graph.clientHeight, filename: `ampra ${title} ${range ? range.first : ""}`.trim().replace(/ /g, "-").toLowerCase() },
    );
  }

  document.addEventListener("click", (event) => {
    const control = event.target.closest && event.target.closest("[data-png], [data-print], [data-full-screen]");
    if (!control) return;
    if (control.dataset.png) savePicture(control.dataset.png);
    else if (control.dataset.print) setTimeout(() => window.print(), 150);
    else if (document.fullscreenElement) document.exitFullscreen();
    else if (card(control.dataset.fullScreen)) card(control.dataset.fullScreen).requestFullscreen();
  });

  window.ampraRange = { shown: () => range };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { range: { choose, clicked, show, tabled } });
})();
