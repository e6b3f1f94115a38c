/**
 * `button[data-locate="near"]`: puts the visitor's position into the input with that id.
 *
 * Rounded to a tenth of a degree (about ten kilometres) before it is written anywhere: the node never learns more.
 */
export function offerPosition(button: HTMLButtonElement): void {
  const input = document.getElementById(button.dataset.locate ?? "");
  // Browsers refuse positions to pages that came over plain http; a button that always fails stays hidden.
  if (!(input instanceof HTMLInputElement) || !isSecureContext || !navigator.geolocation) return;

  const status = document.createElement("span");
  status.className = "locate-status";
  status.setAttribute("role", "status");
  button.after(status);
  button.type = "button"; // it never sends the form
  button.hidden = false;

  button.addEventListener("click", () => {
    status.textContent = "";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        input.value = `${tenth(coords.latitude)},${tenth(coords.longitude)}`;
        input.focus();
      },
      () => {
        status.textContent = button.dataset.locateDenied ?? "";
      },
      { timeout: 10_000, maximumAge: 600_000 },
    );
  });
}

/** Adding zero turns -0 into 0, which would be written "-0.0". */
const tenth = (degrees: number): string => (Math.round(degrees * 10) / 10 + 0).toFixed(1);
