/** What a script adds to the owner's pages, which are complete without it. Visitors' pages do not load it. */
import { checkAsOneGoes } from "./checking";

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-check]")) checkAsOneGoes(form);
