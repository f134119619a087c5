// A button marked data-print prints the page.
export function printOnPress(): void {
  for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
}

// A form marked data-send-on-change is sent when one of its choices changes; its button stays for
// those without a script and for the keyboard.
export function sendOnChange(): void {
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLSelectElement) && !(field instanceof HTMLInputElement)) return;
    if (field.form?.hasAttribute("data-send-on-change")) field.form.requestSubmit();
  });
}
