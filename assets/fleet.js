// Overview: how the cells of the fleet's table are drawn, and the pace of its refresh.
(function () {
  "use strict";
  const h = (...parts) => window.React.createElement(...parts);
  const missing = "–";
  const ALARMS = { fault: "Fault", offline: "Offline", warning: "Warning" };
  const CALM = { live: "Live", stale: "Stale", empty: "No reading yet" };

  function go(event, address) {
    if (event.metaKey || event.ctrlKey || event.button !== 0) return;
    event.preventDefault();
    window.dash_clientside.set_props("shell-go-location", { href: address });
  }

  function status({ data }) {
    if (ALARMS[data.status]) {
      const mark = data.status === "offline" ? "badge old" : `badge ${data.status}`;
      return h("span", { className: mark }, ALARMS[data.status]);
    }
    return h("span", { className: "grid-state" }, h("span", { className: `dot ${data.status === "live" ? "live" : "old"}` }), CALM[data.status]);
  }

  function name({ data }) {
    const link = h("a", { href: data.address, className: "grid-link", onClick: (event) => go(event, data.address) }, data.name);
    const tone = data.status === "fault" ? "text-fault" : data.status === "warning" ? "text-warning" : "dim";
    return h("div", { className: "fleet-name" }, link, data.reason ? h("div", { className: `fleet-reason ${tone}` }, data.reason) : null);
  }

  // One path a row; no chart library.
  function spark({ value, data }) {
    if (!value) return missing;
    const points = value.slice(1).split("L");
    const area = `${value}L${points[points.length - 1].split(" ")[0]} 30L${points[0].split(" ")[0]} 30Z`;
    return h(
      "svg",
      { viewBox: "0 0 130 30", preserveAspectRatio: "none", className: `fleet-spark ${data.status === "offline" ? "old" : "of-solar"}`, "aria-hidden": "true" },
      h("path", { d: area, className: "spark-area" }),
      h("path", { d: value, className: "spark-line" }),
    );
  }

  function rank({ value, data }) {
    if (!data.yield && data.yield !== 0) return missing;
    const words = `${Math.round(value * 100)} % of the best`;
    return h("span", { className: "rank", title: words, role: "img", "aria-label": words }, h("span", { style: { width: `${value * 100}%` }, className: data.status === "offline" ? "old" : "" }));
  }

  function age({ value }) {
    return value ? h("span", { "data-since": String(value) }, words(Date.now() - value)) : missing;
  }

  function words(milliseconds) {
    const seconds = Math.max(0, Math.floor(milliseconds / 1000));
    const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60);
    if (seconds < 60) return `${seconds} s`;
    if (minutes < 60) return `${minutes} min`;
    return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
  }

  // ---- pace and address -------------------------------------------------------------------------------------------

  function pace(visible, view) {
    const before = pace.hidden;
    pace.hidden = !visible;
    const words = new URLSearchParams(location.search);
    const triggered = window.dash_clientside.callback_context.triggered;
    if (triggered.some((each) => each.prop_id.endsWith("view-control.value")) && view !== "auto" && pace.view && pace.view !== view) {
      words.set("view", view);
      history.replaceState(history.state, "", `${location.pathname}?${words}`);
    }
    if (view !== "auto") pace.view = view;
    return [!visible, before && visible ? Date.now() : window.dash_clientside.no_update];
  }

  const root = document.documentElement;
  const known = (value) => value !== null && value !== undefined;
  const renderers = { FleetStatus: status, FleetName: name, FleetSpark: spark, FleetRank: rank, FleetAge: age };
  const formatters = {
    plain: (value) => (known(value) ? value.toFixed(2).replace(".", root.dataset.decimal || ".") : missing),
    share: (value) => (known(value) ? `${Math.round(value)} %` : missing),
  };
  window.dashAgGridComponentFunctions = Object.assign(window.dashAgGridComponentFunctions || {}, renderers);
  window.dashAgGridFunctions = Object.assign(window.dashAgGridFunctions || {}, formatters);
  window.dash_clientside = Object.assign({}, window.dash_clientside, { fleet: { pace } });
})();
