// Watches every request of the page: a lost session leads to sign-in, a silent server is said so until it answers.
(function () {
  "use strict";
  const original = window.fetch;
  const ours = (target) => {
    const path = new URL(typeof target === "string" ? target : target.url, location.href);
    return path.origin === location.origin && path.pathname.startsWith("/_dash-");
  };
  const silent = (yes) => document.documentElement.classList.toggle("silent", yes);

  window.fetch = async function (target, options) {
    if (!ours(target)) return original.call(this, target, options);
    let response;
    try {
      response = await original.call(this, target, options);
    } catch (error) {
      // A page that is being left aborts its requests; that is no outage.
      if (error.name !== "AbortError") silent(true);
      throw error;
    }
    if (response.status === 401) {
      location.assign("/sign-in?next=" + encodeURIComponent(location.pathname + location.search));
      return new Promise(() => {});
    }
    silent(response.status >= 500);
    return response;
  };
})();
