// A button that prints the page; hidden where there is no JavaScript.
//   <button type="button" data-behaviour="print" hidden>

export function enhance(button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
