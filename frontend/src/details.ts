/** Opens the facets where there is room beside the results. The attribute's value is the width it takes. */
export function openOnWideScreens(details: HTMLDetailsElement): void {
  const wide = matchMedia(`(min-width: ${details.dataset.openWide || "60rem"})`);
  details.open ||= wide.matches;
  wide.addEventListener("change", () => {
    details.open = wide.matches;
  });
}
