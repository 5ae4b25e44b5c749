// Brings people who listen to the page to what matters first: the summary of errors or a result.
//   <div data-behaviour="focus" tabindex="-1">

export function enhance(element) {
  element.focus({ preventScroll: false });
}
