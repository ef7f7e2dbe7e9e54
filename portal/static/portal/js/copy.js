// Copies the text beside a button; without this one selects it oneself.
document.querySelectorAll("button[data-copy]").forEach((button) => {
  const text = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      return; // not allowed here: the text is selected, to be copied by hand
    }
    button.textContent = button.dataset.done;
  });
});
