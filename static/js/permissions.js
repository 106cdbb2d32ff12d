/* <form data-permission="CODE"> in a dialog: sends the answer without leaving the page, then tells it
   by a "permission" event on the document and in the words of [data-said="CODE"]. With data-on-device nothing is sent: nobody is signed in.
   [data-shown="URL"]: words that came up, in a lifted dialog or an unfolded row, are recorded once.
   Closing the dialog answers nothing. What the server allows never hangs on this script. */
(() => {
  "use strict";
  // Nobody waits for it: a lost request loses the record alone, and the next look tells it again.
  const tell = (box) => {
    const words = box.querySelector("[data-shown]");
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    if (!words || !token) return;
    const { shown, sha256, asking } = words.dataset;
    const body = new URLSearchParams({ sha256, asking, csrfmiddlewaretoken: token.value });
    delete words.dataset.shown;
    fetch(shown, { method: "POST", body, keepalive: true }).catch(() => {
      words.dataset.shown = shown;
    });
  };
  document.addEventListener("lifted", ({ target }) => tell(target));
  document.addEventListener("toggle", ({ target }) => target.matches("details[open]") && tell(target), true);

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
