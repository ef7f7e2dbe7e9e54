// Shows the way by passkey where the browser has one, and says in words when it did not work.
(() => {
  const problem = document.getElementById("passkey-problem");
  const tell = (text) => {
    problem.textContent = text;
    problem.hidden = false;
  };
  const able = window.isSecureContext && Boolean(window.PublicKeyCredential);

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (able) {
      form.hidden = false;
    } else if (!form.hidden) {
      tell(problem.dataset.missing);
      form.querySelector("button").disabled = true;
    }
  }
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    tell(problem.dataset.failed);
  });
})();
