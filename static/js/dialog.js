/* Lifts <dialog data-dialog> from the page, with a "lifted" event. Closing it (Esc, 关闭, a press outside)
   answers nothing, and gives the focus back to what opened it; where it holds a <form data-remember>,
   that form is sent, so that what somebody closed is not shown to them again. */
(() => {
  "use strict";
  const openers = new WeakMap();

  const open = (dialog, opener) => {
    if (dialog.open) return;
    openers.set(dialog, opener);
    dialog.classList.add("dialog--modal");
    dialog.showModal();
    dialog.querySelector("h2").focus();
    dialog.dispatchEvent(new CustomEvent("lifted", { bubbles: true }));
  };

  const remember = (dialog) => {
    const form = dialog.querySelector("form[data-remember]");
    if (!form) return;
    const headers = { Accept: "application/json" };
    const sent = { method: "POST", body: new FormData(form), headers, keepalive: true };
    fetch(form.action, sent).catch(() => {}); // not remembered: it will be shown once more
  };

  const outside = (dialog, event) => {
    const box = dialog.getBoundingClientRect();
    const across = event.clientX < box.left || event.clientX > box.right;
    return across || event.clientY < box.top || event.clientY > box.bottom;
  };

  const prepare = (dialog) => {
    dialog.removeAttribute("open");
    dialog.addEventListener("close", () => {
      openers.get(dialog)?.focus();
      remember(dialog);
    });
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
