// Pages without Dash: the eye beside a password, the six boxes of a code, and countdowns.
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

  // One real field takes keys, pastes and what the phone offers from the mail; the boxes only show it.
  document.querySelectorAll("[data-six]").forEach((frame) => {
    const field = frame.querySelector("input");
    const button = frame.closest("form").querySelector("[type=submit]");
    const boxes = document.createElement("div");
    boxes.className = "plain-boxes";
    boxes.setAttribute("aria-hidden", "true");
    for (let at = 0; at < 6; at += 1) boxes.appendChild(document.createElement("span")).className = "plain-box";
    frame.appendChild(boxes);
    frame.classList.add("drawn");
    const show = () => {
      const digits = field.value.replace(/\D/g, "").slice(0, 6);
      if (field.value !== digits) field.value = digits;
      [...boxes.children].forEach((box, at) => {
        box.textContent = digits[at] || "";
        box.classList.toggle("next", at === Math.min(digits.length, 5));
      });
      button.disabled = digits.length < 6;
      field.setSelectionRange(digits.length, digits.length);
    };
    field.maxLength = 40; // pasted with words around it
    field.addEventListener("input", () => {
      const before = button.disabled;
      show();
      if (before && !button.disabled) frame.closest("form").requestSubmit();
    });
    field.addEventListener("focus", show);
    field.addEventListener("click", show);
    show();
  });

  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  document.querySelectorAll("[data-countdown]").forEach((place) => {
    const end = Date.now() + 1000 * Number(place.dataset.countdown);
    const words = place.querySelector("[data-clock]") || place;
    const timer = setInterval(() => {
      const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      words.textContent = clock(left);
      if (left) return;
      clearInterval(timer);
      if ("reload" in place.dataset) { location.reload(); return; }
      place.hidden = true;
      place.style.display = "none";
      document.getElementById(place.dataset.then).hidden = false;
    }, 250);
  });
})();
