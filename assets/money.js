// Returns: gathers the assumptions being tried, and leads from a number or a bar to what is behind it.
(function () {
  "use strict";
  const keep = () => window.dash_clientside.no_update;
  const text = (value) => (value === null || value === undefined ? "" : String(value));

  // What differs from the saved terms is being tried, once nobody has typed for a moment; nothing is, where nothing
  // differs. Set this way and not as an output, the result need not wait for the form to be filled.
  const CALM_MILLISECONDS = 250;
  let waiting = 0;
  function gather(values, filled, ids, trial, store) {
    clearTimeout(waiting);
    if (!filled) return true;
    const given = Object.fromEntries(ids.map((id, at) => [id.name, values[at]]));
    const same = ids.every((id) => text(given[id.name]) === text(filled[id.name]));
    const put = (data) => window.dash_clientside.set_props(store, { data });
    if (!same) waiting = setTimeout(put, CALM_MILLISECONDS, given);
    else if (trial) put(null);
    return same;
  }

  function show(element) {
    if (!element) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    element.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "nearest" });
  }

  function explain(clicks, body) {
    const pressed = window.dash_clientside.callback_context.triggered[0];
    if (!pressed || !pressed.value) return keep();
    show(document.getElementById(body).closest(".card"));
    return JSON.parse(pressed.prop_id.split(".").slice(0, -1).join(".")).name;
  }

  const month = (click) => (click && click.points.length ? String(click.points[0].x).slice(0, 7) : keep());

  window.dash_clientside = Object.assign({}, window.dash_clientside, { money: { gather, explain, month } });
})();
