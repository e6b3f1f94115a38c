import { defineConfig } from "vite";
import { widgetBuild } from "../build/widget";

/** What is published: `--mode script` for `<script src>`, `--mode module` for whoever bundles it. */
export default defineConfig(({ mode }) => widgetBuild(mode === "script" ? "iife" : "es"));
