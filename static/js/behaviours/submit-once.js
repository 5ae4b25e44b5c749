// A second press while the first is still on its way sends nothing.
//   <form method="post" data-behaviour="submit-once">

const LONG = 10000;

export function enhance(form) {
  let sentAt = 0;
  form.addEventListener("submit", (event) => {
    if (Date.now() - sentAt < LONG) {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented) return;
    sentAt = Date.now();
    event.submitter?.setAttribute("aria-disabled", "true");
  });
  window.addEventListener("pageshow", () => {
    sentAt = 0;
    for (const button of form.querySelectorAll('[aria-disabled="true"]')) button.removeAttribute("aria-disabled");
  });
}
