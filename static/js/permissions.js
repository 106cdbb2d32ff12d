/* <form data-permission="CODE"> in a dialog: sends the answer without leaving the page, then tells it
   by a "permission" event on the document and in the words of [data-said="CODE"]. With data-on-device nothing is sent: nobody is signed in.
   Closing the dialog sends nothing. What the server allows never hangs on this script. */
(() => {
  "use strict";
  const recorded = async (form, button) => {
    const answer = new FormData(form);
    answer.set(button.name, button.value);
    const reply = await fetch(form.action, {
      method: "POST",
      body: answer,
      headers: { Accept: "application/json" },
    });
    if (!reply.ok) throw new Error(`status ${reply.status}`);
    return (await reply.json()).agreed;
  };

  const askOnItsPage = (form) => {
    const back = new URLSearchParams({ next: form.elements.next.value });
    window.location.assign(`${form.action}?${back}`);
  };

  const answer = async (form, button) => {
    let agreed = button.value === "agree";
    try {
      if (!("onDevice" in form.dataset)) agreed = await recorded(form, button);
    } catch {
      askOnItsPage(form);
      return;
    }
    form.closest("dialog").close();
    const detail = { code: form.dataset.permission, agreed, words: form.dataset.refused };
    document.querySelectorAll(`[data-said="${detail.code}"]`).forEach((said) => {
      said.textContent = agreed ? said.dataset.agreed : detail.words;
    });
    document.dispatchEvent(new CustomEvent("permission", { detail }));
  };

  document.querySelectorAll("form[data-permission]").forEach((form) => {
    let busy = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      await answer(form, event.submitter);
      busy = false;
    });
  });
})();
