/* A form is sent once: a second press while the first is under way does nothing.
   <form data-repeatable> opts out; <button data-busy="正在提交…"> changes its words meanwhile. */
(() => {
  "use strict";
  const PATIENCE = 10000; // a download leaves the page standing, so the form wakes again

  const wake = (form, button, words) => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
    if (!button) return;
    button.removeAttribute("aria-disabled");
    if (words !== undefined) button.textContent = words;
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const post = form.getAttribute("method")?.toLowerCase() === "post";
    if (event.defaultPrevented || !post || "repeatable" in form.dataset) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    const button = event.submitter;
    const words = button?.dataset.busy ? button.textContent : undefined;
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
    button?.setAttribute("aria-disabled", "true");
    if (words !== undefined) button.textContent = button.dataset.busy;
    const again = () => wake(form, button, words);
    setTimeout(again, PATIENCE);
    window.addEventListener("pageshow", (shown) => shown.persisted && again(), { once: true });
  });
})();
