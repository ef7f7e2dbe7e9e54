// The tree opens in place, and people are suggested while a name is typed. Without this, every office
// is a link that opens the tree down to itself, and a person is entered by exact name or address.
(() => {
  const tree = document.querySelector(".tree-nodes");

  const showToggles = (part) => {
    tree.classList.add("with-toggles");
    part.querySelectorAll(".node-toggle").forEach((toggle) => {
      toggle.hidden = false;
    });
  };

  const fetchBelow = async (toggle) => {
    const answer = await fetch(toggle.dataset.below, { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const part = document.createElement("template");
    part.innerHTML = await answer.text();
    return part.content;
  };

  const open = async (toggle) => {
    const item = toggle.closest("li");
    let below = item.querySelector(":scope > .branch");
    if (!below) {
      toggle.setAttribute("aria-busy", "true");
      try {
        item.append(await fetchBelow(toggle));
      } catch {
        const told = document.createElement("p");
        told.setAttribute("role", "alert");
        told.className = "fault";
        told.textContent = tree.dataset.failed;
        item.querySelector(":scope > .fault")?.remove();
        item.append(told);
        return;
      } finally {
        toggle.removeAttribute("aria-busy");
      }
      item.querySelector(":scope > .fault")?.remove();
      below = item.querySelector(":scope > .branch");
      showToggles(below);
    }
    below.hidden = false;
    toggle.setAttribute("aria-expanded", "true");
  };

  const close = (toggle) => {
    toggle.closest("li").querySelector(":scope > .branch").hidden = true;
    toggle.setAttribute("aria-expanded", "false");
  };

  if (tree) {
    showToggles(tree);
    tree.addEventListener("click", (event) => {
      const toggle = event.target.closest(".node-toggle");
      if (!toggle || toggle.hasAttribute("aria-busy")) return;
      toggle.getAttribute("aria-expanded") === "true" ? close(toggle) : open(toggle);
    });
    // On a desk the tree has a scroll of its own: what is chosen is to be seen in it.
    const chosen = tree.querySelector("[aria-current]");
    const frame = tree.closest(".tree");
    if (chosen && frame.scrollHeight > frame.clientHeight) {
      frame.scrollTop = chosen.getBoundingClientRect().top - frame.getBoundingClientRect().top - frame.clientHeight / 3;
    }
  }

  const people = document.querySelector("#people");
  const box = document.querySelector("input[list=people]");
  if (people && box) {
    let latest = 0;
    let waiting;
    const suggest = async () => {
      const mine = ++latest;
      const asked = box.value.trim();
      if (asked.length < 2) return people.replaceChildren();
      const answer = await fetch(`${people.dataset.find}?q=${encodeURIComponent(asked)}`);
      if (!answer.ok || mine !== latest) return;
      const { people: found } = await answer.json();
      people.replaceChildren(
        ...found.map(({ username, name, email }) => {
          const option = document.createElement("option");
          option.value = username;
          option.label = [name, email].filter(Boolean).join(" · ") || username;
          return option;
        }),
      );
    };
    box.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(suggest, 200);
    });
  }
})();
