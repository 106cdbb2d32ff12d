/* <button data-copy="ID" hidden>: copies the words of that element, and says so. */
(() => {
  "use strict";
  const selectInstead = (source) => {
    getSelection().selectAllChildren(source);
    return "已选中，请长按复制";
  };

  const copy = async (source) => {
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      return "已复制";
    } catch {
      return selectInstead(source);
    }
  };

  document.querySelectorAll("[data-copy]").forEach((button) => {
    const source = document.getElementById(button.dataset.copy);
    if (!source) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const words = button.querySelector("[data-copy-words]") ?? button;
      const before = words.dataset.before ?? words.textContent;
      words.dataset.before = before;
      words.textContent = await copy(source);
      setTimeout(() => (words.textContent = before), 3000);
    });
  });
})();
