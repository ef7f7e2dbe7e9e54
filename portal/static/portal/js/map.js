// A province pointed at on the map is lit in the table, and the other way round.
(() => {
  const within = (target) => target.closest?.(".map [data-code], table.standings [data-code]");

  function light(code, lit) {
    for (const shown of document.querySelectorAll(`[data-code="${CSS.escape(code)}"]`)) {
      shown.classList.toggle("lit", lit);
    }
  }

  document.addEventListener("pointerover", (event) => {
    const shown = within(event.target);
    if (shown) light(shown.dataset.code, true);
  });
  document.addEventListener("pointerout", (event) => {
    const shown = within(event.target);
    if (shown) light(shown.dataset.code, false);
  });
})();
