// The theme writes a chosen file's name into a text box beside the input, and fails where a page of ours
// has none. It begins once the page is loaded, and leaves alone what is marked by then.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("input[type=file]").forEach((input) => {
    if (!input.parentNode?.parentNode?.parentNode?.querySelector("input[type=text]")) input.hasChangeListener = true;
  });
});
