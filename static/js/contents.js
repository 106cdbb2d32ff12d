/* <details data-contents>: the contents follow the reader: the part being read is marked in the list and
   named on its closed lid. Without this script it is a plain list of links. */
(() => {
  "use strict";
  const contents = document.querySelector("[data-contents]");
  if (!contents || !("IntersectionObserver" in window)) return;
  const here = contents.querySelector("[data-contents-here]");
  const links = new Map();
  contents.querySelectorAll("a").forEach((link) => {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  });
  const above = new Set();

  const mark = () => {
    const read = [...links.keys()].filter((heading) => above.has(heading)).pop();
    links.forEach((link, heading) => {
      if (heading === read) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    });
    here.textContent = read ? read.textContent : "";
  };

  /* A heading counts as read once it is above the lower three quarters of the window. */
  const watcher = new IntersectionObserver(
    (entries) => {
      entries.forEach(({ target, boundingClientRect, rootBounds }) => {
        const isAbove = boundingClientRect.top < (rootBounds ? rootBounds.bottom : 0);
        above[isAbove ? "add" : "delete"](target);
      });
      mark();
    },
    { rootMargin: "0px 0px -75% 0px", threshold: [0, 1] },
  );
  links.forEach((_link, heading) => watcher.observe(heading));
  contents.addEventListener("toggle", () => {
    const read = contents.querySelector("[aria-current]");
    if (contents.open && read) contents.scrollTop = read.offsetTop - contents.clientHeight / 2;
  });
  contents.addEventListener("click", (event) => {
    if (event.target.closest("a")) contents.open = false;
  });
})();
