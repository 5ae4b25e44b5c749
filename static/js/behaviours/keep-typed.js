// Asks before a half-filled form is left. A form that is sent is not asked about.
//   <form data-behaviour="keep-typed">

const typedIn = (form) =>
  JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value instanceof File ? value.name : value]));

export function enhance(form) {
  const before = typedIn(form);
  let sent = false;
  form.addEventListener("submit", () => {
    sent = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!sent && typedIn(form) !== before) event.preventDefault();
  });
  window.addEventListener("pageshow", () => {
    sent = false; // come back by the back button
  });
}
