/**
 * `button[data-copy="words"]`: copies what stands in the textarea with that id, and says so.
 *
 * Browsers that give no clipboard (plain http) or refuse it leave the text selected, ready for the keyboard.
 */
export function offerCopy(button: HTMLButtonElement): void {
  const text = document.getElementById(button.dataset.copy ?? "");
  if (!(text instanceof HTMLTextAreaElement)) return;

  const status = document.createElement("span");
  status.setAttribute("role", "status");
  button.after(status);
  button.hidden = false;

  button.addEventListener("click", async () => {
    status.textContent = ""; // said again even if it is the same
    try {
      await navigator.clipboard.writeText(text.value);
      status.textContent = button.dataset.copied ?? "";
    } catch {
      text.focus();
      text.select();
      status.textContent = button.dataset.copySelected ?? "";
    }
  });
}
