// Says how long ago scores moved, second by second, and stops asking while nobody looks.
(() => {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

  function tell() {
    for (const time of document.querySelectorAll("time[data-ago]")) {
      const seconds = Math.max(0, Math.round((Date.now() - Date.parse(time.dateTime)) / 1000));
      const [unit, length] = units.find(([, length]) => seconds >= length) ?? units[3];
      time.title ||= time.textContent;
      time.textContent = words.format(-Math.floor(seconds / length), unit);
    }
  }

  tell();
  setInterval(tell, 1000);
  document.addEventListener("htmx:afterSettle", tell);
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.elt.id === "fresh") event.preventDefault();
  });
})();
