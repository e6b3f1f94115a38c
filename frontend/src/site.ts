/**
 * What a script adds to pages that are complete without it.
 *
 * Nothing here is needed to find a hoster: without script, or when one of these parts fails, a plain form remains.
 */
import "./site.css";
import { suggestAsOneTypes } from "./combobox";
import { offerCopy } from "./copy";
import { keepUp } from "./live";
import { offerPosition } from "./locate";

for (const input of document.querySelectorAll<HTMLInputElement>("input[data-suggest]"))
  suggestAsOneTypes(input);
for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-locate]"))
  offerPosition(button);
for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) offerCopy(button);
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-live]")) keepUp(form);
