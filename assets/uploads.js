// Fields that take a file: Dash draws their input without a name; it gets the words that people see.
(function () {
  "use strict";
  function name(root) {
    for (const input of root.querySelectorAll("input[type=file]:not([aria-label])")) {
      const words = (input.parentElement.textContent || "").trim();
      if (words) input.setAttribute("aria-label", words);
    }
  }
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1) name(node);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
