/* <form data-place>: reads the place once, after its notice was agreed to and the button pressed,
   takes the fine part off here, and sends the rest: a tenth of a degree is about ten kilometres. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-place]");
  if (!form || !navigator.geolocation) return;
  const button = form.querySelector("button");
  const state = form.querySelector("[data-place-state]");
  const WHY = {
    1: "浏览器没有允许读取位置，请在上面选择地区",
    2: "没有读到位置，请在上面选择地区",
    3: "等太久了，没有读到位置，请在上面选择地区",
  };

  const send = ({ coords }) => {
    form.elements.latitude.value = coords.latitude.toFixed(1);
    form.elements.longitude.value = coords.longitude.toFixed(1);
    form.requestSubmit();
  };

  const fail = (error) => {
    state.textContent = WHY[error.code];
    button.disabled = false;
  };

  const read = () => {
    state.textContent = "正在读取…";
    button.disabled = true;
    const coarse = { enableHighAccuracy: false, maximumAge: 60000, timeout: 15000 };
    navigator.geolocation.getCurrentPosition(send, fail, coarse);
  };

  document.addEventListener("permission", ({ detail }) => {
    if (detail.code !== "location") return;
    if (!detail.agreed) {
      state.textContent = detail.words;
      return;
    }
    delete button.dataset.dialogOpen;
    button.dataset.placeAgreed = "";
    read();
  });
  button.addEventListener("click", () => "placeAgreed" in button.dataset && read());
  button.hidden = false;
})();
