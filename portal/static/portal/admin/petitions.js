// Agencies are suggested while one types; without this a code, or a name that only one has, is entered.
(() => {
  const list = document.querySelector("#agencies");
  const box = document.querySelector("input[list=agencies]");
  if (!list || !box) return;
  let latest = 0;
  let waiting;
  const suggest = async () => {
    const mine = ++latest;
    const asked = box.value.trim();
    if (asked.length < 2) return list.replaceChildren();
    const answer = await fetch(`${list.dataset.find}?q=${encodeURIComponent(asked)}`);
    if (!answer.ok || mine !== latest) return;
    const { agencies } = await answer.json();
    list.replaceChildren(
      ...agencies.map(({ code, name }) => {
        const option = document.createElement("option");
        option.value = code;
        option.label = `${name} · ${code}`;
        return option;
      }),
    );
  };
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(suggest, 200);
  });
})();
