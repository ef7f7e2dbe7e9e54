// Formulas checked and read while one writes; names found and inserted. Without this the form says it once saved.
(() => {
  const panel = document.querySelector("[data-measures]");
  const form = document.querySelector("[data-formulas]");
  const address = form?.dataset.check ?? panel?.dataset.check;
  if (!panel || !address) return;
  const isFormula = (field) => /(^|-)(numerator|denominator)$/.test(field.name ?? "");
  let written = null;

  // --- Finding and inserting names
  for (const hidden of panel.querySelectorAll(".measures-find")) hidden.hidden = false;
  const rows = [...panel.querySelectorAll("tbody tr")];
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
  const find = panel.querySelector("[data-find]");
  find.addEventListener("input", () => {
    const words = folded(find.value).split(/\s+/);
    for (const row of rows) row.hidden = !words.every((word) => folded(row.textContent).includes(word));
  });
  for (const code of panel.querySelectorAll("[data-measure]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "measure";
    button.textContent = code.dataset.measure;
    button.addEventListener("click", () => {
      if (!written) return;
      const [start, end] = [written.selectionStart ?? written.value.length, written.selectionEnd ?? written.value.length];
      const before = written.value.slice(0, start);
      const joined = before && !/[\s(,]$/.test(before) ? ` ${button.textContent}` : button.textContent;
      written.setRangeText(joined, start, end, "end");
      written.focus();
      written.dispatchEvent(new Event("input", { bubbles: true }));
    });
    code.replaceWith(button);
  }

  // --- Checking
  function fellows(field) {
    const prefix = field.name.replace(/(numerator|denominator)$/, "");
    const scope = field.form ?? document;
    const named = (name) => scope.querySelector(`[name="${prefix}${name}"]`);
    return { numerator: named("numerator"), denominator: named("denominator"), named };
  }

  function place(field) {
    const name = field.name.match(/(numerator|denominator)$/)[1];
    const own = field.form?.querySelector(`[data-said="${name}"]`);
    if (own) return own;
    let said = field.nextElementSibling;
    if (!said?.classList.contains("said")) {
      said = document.createElement("p");
      said.className = "said";
      said.setAttribute("aria-live", "polite");
      field.insertAdjacentElement("afterend", said);
    }
    return said;
  }

  function say(field, told, trial) {
    const said = place(field);
    said.replaceChildren();
    const text = document.createElement("span");
    text.textContent = told.ok ? told.reading : told.error;
    if (!told.ok) text.className = "down";
    said.append(text);
    field.toggleAttribute("aria-invalid", !told.ok);
    if (trial) {
      const value = document.createElement("strong");
      value.textContent = ` ${trial}`;
      said.append(value);
    }
  }

  let latest = 0;
  async function check(field) {
    const mine = ++latest;
    const { numerator, denominator, named } = fellows(field);
    if (!numerator || !denominator) return;
    const asked = new URLSearchParams({ numerator: numerator.value, denominator: denominator.value });
    for (const name of ["max_points", "threshold", "zero_rule"]) if (named(name)?.value) asked.set(name, named(name).value);
    if (named("inherited")?.checked) asked.set("inherited", "on");
    for (const choice of panel.querySelectorAll("[data-try]")) if (choice.value) asked.set(choice.dataset.try, choice.value);
    if (form) for (const name of ["agency", "period"]) if (named(name)?.value) asked.set(name, named(name).value);
    const answer = await fetch(`${address}?${asked}`);
    if (!answer.ok || mine !== latest) return;
    const told = await answer.json();
    const trial = told.trial?.counted ? told.trial : null;
    say(numerator, told.numerator, trial && `= ${trial.numerator}`);
    say(denominator, told.denominator, trial && `= ${trial.denominator} → ${trial.rate ? `${trial.rate} · ` : ""}${trial.points}`);
    if (told.problem && !form) place(denominator).append(` ${told.problem}`);
  }

  let waiting;
  const soon = (field) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => check(field), 300);
  };
  document.addEventListener("focusin", ({ target }) => {
    if (isFormula(target)) written = target;
  });
  document.addEventListener("input", ({ target }) => {
    if (isFormula(target)) soon(target);
    else if (written && (target.dataset.try || /(^|-)(max_points|threshold)$/.test(target.name ?? ""))) soon(written);
  });
})();
