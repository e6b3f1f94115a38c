import { givesPosition, roughPosition } from "./position";

/** `button[data-locate="near"]`: puts the visitor's position, roughly, into the input with that id. */
export function offerPosition(button: HTMLButtonElement): void {
  const input = document.getElementById(button.dataset.locate ?? "");
  // A button that always fails stays hidden.
  if (!(input instanceof HTMLInputElement) || !givesPosition()) return;

  const status = document.createElement("span");
  status.className = "locate-status";
  status.setAttribute("role", "status");
  button.after(status);
  button.type = "button"; // it never sends the form
  button.hidden = false;

  button.addEventListener("click", async () => {
    status.textContent = "";
    try {
      input.value = await roughPosition();
      input.focus();
    } catch {
      status.textContent = button.dataset.locateDenied ?? "";
    }
  });
}
