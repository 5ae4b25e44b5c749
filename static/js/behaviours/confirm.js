// Asks once more before a form is sent. Without JavaScript the form is sent at once,
// so what cannot be undone needs a page of its own that asks.
//   <form data-behaviour="confirm" data-question="…" data-yes="…" data-no="…">

let count = 0;

function makeDialog({ question, explanation, yes, no, danger }) {
  const dialog = document.createElement("dialog");
  const heading = document.createElement("h2");
  const actions = document.createElement("div");
  count += 1;
  heading.id = `question-${count}`;
  heading.textContent = question;
  dialog.className = "e-dialog";
  dialog.setAttribute("aria-labelledby", heading.id);
  actions.className = "e-actions";
  dialog.append(heading);
  if (explanation) {
    const text = document.createElement("p");
    text.textContent = explanation;
    dialog.append(text);
  }
  const look = danger === undefined ? "kern-btn--primary" : "e-btn--danger";
  for (const [words, kind, value] of [[yes, look, "yes"], [no, "kern-btn--secondary", "no"]]) {
    const button = document.createElement("button");
    const label = document.createElement("span");
    button.type = "button";
    button.className = `kern-btn ${kind}`;
    label.className = "kern-label";
    label.textContent = words;
    button.append(label);
    button.addEventListener("click", () => dialog.close(value));
    actions.append(button);
  }
  dialog.append(actions);
  return dialog;
}

export function enhance(form) {
  if (typeof HTMLDialogElement === "undefined" || !form.dataset.question) return; // sent without a question
  let confirmed = false;
  form.addEventListener(
    "submit",
    (event) => {
      if (confirmed) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const { submitter } = event;
      const dialog = makeDialog(form.dataset);
      document.body.append(dialog);
      dialog.addEventListener("close", () => {
        dialog.remove();
        submitter?.focus();
        if (dialog.returnValue !== "yes") return;
        confirmed = true;
        form.requestSubmit(submitter);
        confirmed = false;
      });
      dialog.showModal();
    },
    { capture: true },
  );
}
