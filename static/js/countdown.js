/* <button data-countdown="60">: shows the seconds until it may be pressed again. The server keeps the
   real limit; the button stays reachable by keyboard all the while. */
(() => {
  "use strict";
  document.querySelectorAll("[data-countdown]").forEach((button) => {
    const words = button.textContent.trim();
    const ends = Date.now() + Number(button.dataset.countdown) * 1000;
    const left = () => Math.ceil((ends - Date.now()) / 1000);

    const tick = () => {
      if (left() > 0) {
        button.textContent = `${words}（${left()} 秒）`;
        return;
      }
      clearInterval(timer);
      button.removeAttribute("aria-disabled");
      button.textContent = words;
    };

    button.addEventListener("click", (event) => left() > 0 && event.preventDefault());
    button.setAttribute("aria-disabled", "true");
    const timer = setInterval(tick, 1000);
    tick();
  });
})();
