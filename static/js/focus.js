/* What went wrong is read first: the error summary takes the focus when the page opens. */
(() => {
  "use strict";
  document.querySelector("[data-focus]")?.focus();
})();
