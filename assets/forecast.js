/* The forecast on a phone begins with three days: eight would be a hair wide each. */
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.forecast = {
  span: () => (window.innerWidth < 768 ? "3" : "8"),
};
