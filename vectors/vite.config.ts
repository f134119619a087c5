// Bundles check.ts for Node: the same modules as the page /verify, without a browser.
import { defineConfig } from "vite";

const here = new URL("./", import.meta.url).pathname;

export default defineConfig({
  root: here,
  logLevel: "warn",
  ssr: { noExternal: true },
  build: {
    ssr: `${here}check.ts`,
    outDir: `${here}../build/vectors`,
    emptyOutDir: true,
    target: "node20",
    rollupOptions: { output: { entryFileNames: "check.mjs" } },
  },
});
