// Sends a filter form as soon as a choice changes; the form's own button is then not needed.
//   <form method="get" data-behaviour="auto-submit"> … <button data-part="submit">

export function enhance(form) {
  const button = form.querySelector('[data-part="submit"]');
  if (button) button.hidden = true;
  form.addEventListener("change", ({ target }) => {
    if (target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) form.requestSubmit();
  });
}
