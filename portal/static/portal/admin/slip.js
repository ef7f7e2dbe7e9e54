// The browser's own way to print does as well; without this the button stays hidden.
(() => {
  const button = document.querySelector("#print");
  button.hidden = false;
  button.addEventListener("click", () => window.print());
})();
