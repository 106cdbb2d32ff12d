/* [data-autofill="ID"]: lets the browser hand over the code of the message addressed to this site
   (WebOTP), after its notice was agreed to and the button pressed; never by itself. */
(() => {
  "use strict";
  const PATIENCE = 120000;
  const box = document.querySelector("[data-autofill]");
  if (!box || !("OTPCredential" in window)) return;
  const input = document.getElementById(box.dataset.autofill);
  const button = box.querySelector("button");
  const state = box.querySelector("[data-autofill-state]");

  const fill = async () => {
    state.textContent = "正在等短信…";
    button.disabled = true;
    try {
      const signal = AbortSignal.timeout(PATIENCE);
      const found = await navigator.credentials.get({ otp: { transport: ["sms"] }, signal });
      input.value = found.code;
      state.textContent = "已填入，请核对后继续";
    } catch {
      state.textContent = "没有读到，请看短信填写";
    }
    button.disabled = false;
    input.focus();
  };

  document.addEventListener("permission", ({ detail }) => {
    if (detail.code !== "sms_autofill") return;
    if (!detail.agreed) {
      state.textContent = "好的，请看短信填写";
      return;
    }
    delete button.dataset.dialogOpen;
    button.dataset.autofillAgreed = "";
    fill();
  });
  button.addEventListener("click", () => "autofillAgreed" in button.dataset && fill());
  box.hidden = false;
})();
