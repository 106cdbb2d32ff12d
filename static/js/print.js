/* <button data-print hidden>: prints the page; hidden where nothing could. */
(() => {
  "use strict";
  if (!("print" in window)) return;
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
})();
