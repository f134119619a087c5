// Builds the desk's pages: hashed names and a manifest that the template tag `asset` reads.
import { defineConfig } from "vite";

const site = new URL("./src/kawal/desk/site/", import.meta.url).pathname;
// Twelve hexadecimal digits are what WhiteNoise takes as a name that never changes its content.
const hashed = "[name].[hash:12]";

export default defineConfig({
  root: `${site}assets`,
  base: "/static/",
  publicDir: false,
  build: {
    outDir: `${site}built`,
    emptyOutDir: true,
    manifest: true,
    assetsInlineLimit: 0, // the content policy allows no data: fonts or scripts
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500, // MapLibre, loaded only where there is a map
    target: ["chrome123", "firefox120", "safari17.5"],
    rollupOptions: {
      input: [`${site}assets/desk.ts`],
      output: {
        hashCharacters: "hex",
        entryFileNames: `${hashed}.js`,
        chunkFileNames: `${hashed}.js`,
        assetFileNames: `${hashed}[extname]`,
      },
    },
  },
  worker: { format: "es" },
});
