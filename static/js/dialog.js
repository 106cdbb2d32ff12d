/* Lifts <dialog data-dialog> from the page. Closing it (Esc, 关闭, a press outside) answers nothing,
   and gives the focus back to what opened it. */
(() => {
  "use strict";
  const openers = new WeakMap();

  const open = (dialog, opener) => {
    if (dialog.open) return;
    openers.set(dialog, opener);
    dialog.classList.add("dialog--modal");
    dialog.showModal();
    dialog.querySelector("h2").focus();
  };

  const outside = (dialog, event) => {
    const box = dialog.getBoundingClientRect();
    const across = event.clientX < box.left || event.clientX > box.right;
    return across || event.clientY < box.top || event.clientY > box.bottom;
  };

  const prepare = (dialog) => {
    dialog.removeAttribute("open");
    dialog.addEventListener("close", () => openers.get(dialog)?.focus());
    dialog.addEventListener("pointerdown", (event) => {
      if (event.target === dialog && outside(dialog, event)) dialog.close();
    });
    if ("dialogNow" in dialog.dataset) open(dialog, document.getElementById("main"));
  };

  if (!("showModal" in HTMLDialogElement.prototype)) return;
  document.querySelectorAll("dialog[data-dialog]").forEach(prepare);
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    const closer = event.target.closest("[data-dialog-close]");
    if (closer) closer.closest("dialog").close();
    if (!opener) return;
    const dialog = document.getElementById(opener.dataset.dialogOpen);
    if (!dialog) return;
    event.preventDefault();
    open(dialog, opener);
  });
})();
