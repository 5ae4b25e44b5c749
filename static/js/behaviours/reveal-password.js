// Lets people see the password they type; hidden again before it is sent.
//   <div data-behaviour="reveal-password" data-show="Show" data-hide="Hide">
//   parts: input, button (hidden), label (text of the button)

const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

export function enhance(root) {
  const [input, button, label] = ["input", "button", "label"].map((name) => part(root, name));
  const reveal = (shown) => {
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    label.textContent = shown ? root.dataset.hide : root.dataset.show;
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    reveal(input.type === "password");
    input.focus();
  });
  input.form?.addEventListener("submit", () => reveal(false));
}
