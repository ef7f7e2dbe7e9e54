// The short list under the search box: Escape or leaving it puts it away, arrows move through it.
(() => {
  const form = document.querySelector(".find");
  const box = form?.querySelector("input[type=search]");
  const found = form?.querySelector(".found");
  if (!box || !found) return;

  const links = () => [...found.querySelectorAll("a")];
  const close = () => found.replaceChildren();

  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      close();
      box.focus();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !links().length) return;
    event.preventDefault();
    const stops = [box, ...links()];
    const here = stops.indexOf(document.activeElement);
    stops[(here + step + stops.length) % stops.length].focus();
  });
  document.addEventListener("focusin", (event) => form.contains(event.target) || close());
  document.addEventListener("pointerdown", (event) => form.contains(event.target) || close());
})();
