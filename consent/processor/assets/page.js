// Brings the board up to date every two seconds. Without JavaScript the 刷新 link does the same.
const board = document.querySelector("[data-board]");
const pause = document.querySelector("[data-pause]");
let paused = false;

async function update() {
  if (paused || document.hidden) return;
  const answer = await fetch("/");
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = fresh.querySelector("[data-board]");
  // Nothing is touched unless it changed, and the count is its own live region: it stays in place.
  board.childNodes.forEach((old, place) => {
    const now = next.childNodes[place];
    if (now && old.nodeType === Node.ELEMENT_NODE && !old.isEqualNode(now)) {
      if (old.matches("[data-count]")) old.replaceChildren(...now.childNodes);
      else old.replaceWith(now.cloneNode(true));
    }
  });
}

pause.hidden = false;
pause.addEventListener("click", () => {
  paused = !paused;
  pause.textContent = paused ? "继续自动更新" : "暂停自动更新";
});
setInterval(() => update().catch(() => {}), 2000);
