// Live pages: puts the newest reading into what was drawn once. Only texts, classes and CSS variables change.
(function () {
  "use strict";
  const SECOND = 1000;
  const narrow = matchMedia("(max-width: 767.98px)");
  const drawnWith = new WeakMap(); // the classes an element was drawn with
  const now = { newest: null, skew: 0, word: "" };
  let turn = null;
  let waiting = null; // a point that came while the chart was being read

  const keep = () => window.dash_clientside.no_update;
  const each = (part, change) => document.querySelectorAll(`[data-part="${part}"]`).forEach(change);

  function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function setClasses(element, classes) {
    if (!drawnWith.has(element)) {
      const drawn = (element.getAttribute("class") || "").split(" ").filter((one) => one !== "gone" && one !== "waiting");
      drawnWith.set(element, drawn.join(" "));
    }
    const wanted = `${drawnWith.get(element)} ${classes}`.trim();
    if (element.getAttribute("class") !== wanted) element.setAttribute("class", wanted);
  }

  function setSpark(element, path) {
    const [width, height] = element.dataset.spark.split(" ");
    const space = "http://www.w3.org/2000/svg";
    if (!element.firstChild) {
      const picture = document.createElementNS(space, "svg");
      picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
      picture.setAttribute("preserveAspectRatio", "none");
      picture.setAttribute("aria-hidden", "true");
      for (const name of ["area", "line"]) {
        picture.appendChild(document.createElementNS(space, "path")).setAttribute("class", `spark-${name}`);
      }
      element.appendChild(picture);
    }
    const [area, line] = element.firstChild.children;
    const points = path.slice(1).split("L");
    const end = points[points.length - 1].split(" ")[0];
    line.setAttribute("d", path);
    area.setAttribute("d", path && `${path}L${end} ${height}L${points[0].split(" ")[0]} ${height}Z`);
  }

  function fill(view) {
    for (const [part, text] of Object.entries(view.texts)) each(part, (element) => setText(element, text));
    for (const [part, classes] of Object.entries(view.classes)) each(part, (element) => setClasses(element, classes));
    for (const [part, path] of Object.entries(view.sparks)) each(part, (element) => setSpark(element, path));
    for (const [part, variables] of Object.entries(view.variables)) {
      each(part, (element) => {
        for (const [name, value] of Object.entries(variables)) element.style.setProperty(name, value);
      });
    }
  }

  function drawOnce(template, waitingView) {
    const diagram = document.getElementById("monitor-flow-diagram");
    if (diagram && !diagram.firstChild) diagram.innerHTML = template;
    apply(waitingView);
    return "once";
  }

  function apply(view) {
    fill(view);
    now.newest = view.newest;
    now.word = view.texts["badge-word"] || "";
    if (!view.newest) each("badge-age", (element) => setText(element, narrow.matches && view.at ? "no reading" : ""));
    if (view.at) now.skew = Date.now() - view.at;
    tick();
    if (view.turn) refreshChart(view);
    else turn = null;
    // A source that is not there will not come either; this must not be an output, or it would wait for itself.
    if (view.gone) window.dash_clientside.set_props("monitor-live-interval", { disabled: true });
    return view.spoken;
  }

  // ---- ages -------------------------------------------------------------------------------------------------------

  function age(milliseconds, ago, short) {
    const seconds = Math.max(0, Math.floor(milliseconds / SECOND));
    if (seconds < 60) return `${seconds} s${ago}`;
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return `${minutes} min${ago}`;
    const hours = Math.floor(minutes / 60);
    if (hours < 24) return short ? `${hours} h` : `${hours} h ${minutes % 60} min${ago}`;
    return short ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${hours % 24} h${ago}`;
  }

  function tick() {
    const at = Date.now() - now.skew;
    if (now.newest) {
      const words = age(at - now.newest, " ago", narrow.matches);
      each("badge-age", (element) => setText(element, words));
      each("badge-word", (element) => setText(element, now.word));
    }
    document.querySelectorAll("[data-since]").forEach((element) => setText(element, age(at - element.dataset.since, "")));
  }

  // ---- the chart --------------------------------------------------------------------------------------------------

  const chart = () => document.querySelector("#monitor-day-chart .js-plotly-plot");
  // Past days do not change: only a range that holds today is drawn anew.
  const showsToday = () => { const range = window.ampraRange && window.ampraRange.shown(); return !range || range.last >= range.today; };
  const beingRead = () => { const graph = chart(); return graph && graph.matches(":hover"); };

  // A new bucket of five minutes draws the chart anew; between, the newest reading is one more point.
  // While somebody reads the chart it waits, but not for ever: on a phone the finger seems to stay.
  function refreshChart(view) {
    const panel = document.getElementById("monitor-chart-panel");
    const unanswered = panel && panel.classList.contains("waiting") && turn !== null;
    const turned = turn !== null && turn !== view.turn && showsToday();
    if (beingRead() && (waiting === null || Date.now() - waiting.since < 60 * SECOND)) {
      waiting = { view, since: waiting ? waiting.since : Date.now() };
      if (turn === null) turn = view.turn;
      return;
    }
    waiting = null;
    turn = view.turn;
    if (turned || unanswered) window.dash_clientside.set_props("monitor-turn-store", { data: view.turn });
    else if (view.point) extend(view.point);
  }

  function extend(point) {
    const graph = chart();
    if (!graph || !graph.layout || !graph.layout.meta || graph.layout.meta.day !== point.day) return;
    const changes = { x: [], y: [], customdata: [] };
    const indices = [];
    graph.data.forEach((trace, index) => {
      const found = point.points[trace.meta];
      if (!found || !(trace.x[trace.x.length - 1] < point.x)) return;
      indices.push(index);
      changes.x.push([...trace.x, point.x]);
      changes.y.push([...trace.y, found[0]]);
      changes.customdata.push(trace.customdata ? [...trace.customdata, found[1]] : undefined);
    });
    if (indices.length) window.Plotly.update(graph, changes, moveNow(graph.layout, point), indices);
  }

  function moveNow(layout, point) {
    const changes = {};
    (layout.shapes || []).forEach((shape, at) => {
      if (shape.name === "now") Object.assign(changes, { [`shapes[${at}].x0`]: point.x, [`shapes[${at}].x1`]: point.x });
    });
    (layout.annotations || []).forEach((words, at) => {
      if (words.name !== "now") return;
      changes[`annotations[${at}].x`] = point.x;
      changes[`annotations[${at}].text`] = `<b>now ${point.time}</b>`;
    });
    return changes;
  }

  document.addEventListener("mouseout", (event) => {
    if (waiting && event.target.closest && event.target.closest("#monitor-day-chart") && !beingRead()) {
      refreshChart(waiting.view);
    }
  });

  // Dash writes a zoom back into the figure, so Plotly's own memory of it (uirevision) is lost with the next figure.
  function draw(figure) {
    const graph = chart();
    const whole = figure.layout.meta.range;
    if (!whole || !graph || !graph.layout || graph.layout.uirevision !== figure.layout.uirevision) return figure;
    const shown = graph.layout.xaxis.range;
    if (String(shown) === String(whole)) return figure;
    const xaxis = Object.assign({}, figure.layout.xaxis, { range: shown.slice() });
    return Object.assign({}, figure, { layout: Object.assign({}, figure.layout, { xaxis }) });
  }

  // Plotly's own way back would end where the readings end, not where the day does.
  document.addEventListener("pointerover", (event) => {
    const graph = event.target.closest && event.target.closest("#monitor-day-chart .js-plotly-plot");
    if (!graph || !graph.on || graph.dataset.wholeDay) return;
    graph.dataset.wholeDay = "on double click";
    graph.on("plotly_doubleclick", () => {
      const whole = graph.layout.meta && graph.layout.meta.range;
      if (whole) window.Plotly.relayout(graph, { "xaxis.range": whole.slice(), "xaxis.autorange": false });
    });
  });

  // ---- pace -------------------------------------------------------------------------------------------------------

  // Ten seconds in a visible tab; nothing is asked otherwise, and at once on coming back.
  function pace(visible) {
    const before = pace.hidden;
    pace.hidden = !visible;
    return [!visible, before && visible ? Date.now() : keep()];
  }

  setInterval(() => { if (!document.hidden) tick(); }, SECOND);
  window.dash_clientside = Object.assign({}, window.dash_clientside, { live: { apply, draw: drawOnce, pace }, day: { draw } });
})();
