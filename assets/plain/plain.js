// Pages without Dash: the eye beside a password.
(function () {
  "use strict";
  document.querySelectorAll("[data-reveal]").forEach((eye) => {
    const field = document.getElementById(eye.getAttribute("data-reveal"));
    eye.hidden = false;
    eye.addEventListener("click", () => {
      const shown = field.type === "text";
      field.type = shown ? "password" : "text";
      eye.setAttribute("aria-pressed", String(!shown));
      eye.setAttribute("aria-label", shown ? "Show the password" : "Hide the password");
      field.focus();
    });
  });
})();
